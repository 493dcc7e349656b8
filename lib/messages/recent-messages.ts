import type { PersonRef } from '../auth/actor.js';
import type { ChatMembers } from '../chats/chat.js';
import type { Database } from '../database/database.js';
import { pageLimit } from './message-input.js';
import type { Message } from './message.js';
import type { PageStatements } from './page-statements.js';
import { hasMessage, type ReadMessages } from './read-messages.js';
import { createRecentStatements, type LastRow } from './recent-statements.js';
import { readSettledId } from './settled-id.js';

/** A message with its chat's members and the message before it, as it was announced or should have been. */
export interface RecentMessage {
  readonly message: Message;
  readonly members: ChatMembers;
  readonly previousId: number | null;
}

export interface FoundRecent {
  /** Ascending. */
  readonly messages: readonly RecentMessage[];
  /** Whether these are all that came after an id. */
  isWhole(after: number): boolean;
}

/** A chat's last message. */
export interface LastMessage {
  readonly chatId: number;
  readonly id: number;
}

/** What a chat's last messages are: for the feed, which asks on nobody's behalf. */
export interface RecentMessages {
  /** The newest hundred before an id; without it the newest of all. */
  before(chatId: number, id?: number): Promise<FoundRecent>;
  /** Undefined for a chat without one. */
  last(chatId: number): Promise<LastMessage | undefined>;
  /** Those of the people's chats that came after a time (ISO 8601 UTC). */
  lastSince(people: readonly PersonRef[], time: string): Promise<LastMessage[]>;
  /** An id up to which no message is yet to come: see {@link readSettledId}. */
  settledId(): Promise<number>;
}

interface Needs {
  database: Database;
  pageStatements: PageStatements;
  readMessages: ReadMessages;
}

export function createRecentMessages({ database, pageStatements, readMessages }: Needs): RecentMessages {
  const statements = createRecentStatements(database);
  const idsOf = (people: readonly PersonRef[], type: PersonRef['type']): number[] =>
    people.filter((person) => person.type === type).map(({ id }) => id);

  return {
    async before(chatId, id = Number.MAX_SAFE_INTEGER) {
      const rows = await database.query(pageStatements.before, [chatId, id, pageLimit.max]);
      const found = rows.filter(hasMessage).reverse();
      const messages = await Promise.all(
        found.map(async (row, at) => ({
          message: await readMessages.toMessage(chatId, row),
          members: { chatId, customerId: row.customer_id, dentistId: row.dentist_id },
          previousId: found[at - 1]?.id ?? null,
        })),
      );
      const oldest = found[0]?.id ?? 0;
      return { messages, isWhole: (after) => found.length < pageLimit.max || oldest <= after };
    },

    async last(chatId) {
      const [row] = await database.query(statements.last, [chatId]);
      return row && toLast(row);
    },

    async lastSince(people, time) {
      const ids = [idsOf(people, 'customer'), idsOf(people, 'dentist')];
      return (await database.query(statements.lastSince, [...ids, time])).map(toLast);
    },

    settledId: () => readSettledId(database),
  };
}

function toLast({ chat_id: chatId, id }: LastRow): LastMessage {
  return { chatId, id };
}
