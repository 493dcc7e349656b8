import type { Actor } from '../auth/actor.js';
import type { Memberships } from '../chats/memberships.js';
import type { Database } from '../database/database.js';
import { chatError } from '../errors.js';
import type { MessageImage } from '../images/image.js';
import type { Images } from '../images/images.js';
import { parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import { pageInput, pageLimit } from './message-input.js';
import type { Message, MessagePage, PageInput } from './message.js';
import type { MessageRecord, PageRow, PageStatements } from './page-statements.js';

interface Needs {
  database: Database;
  pageStatements: PageStatements;
  memberships: Memberships;
  images: Images;
  hooks: HookRunner;
}

/** Reads messages; what a stranger asks for is not found. */
export interface ReadMessages {
  page(actor: Actor, input: PageInput): Promise<MessagePage>;
  /** A message that is known to be there and to be the actor's to see. */
  one(chatId: number, messageId: number): Promise<Message | undefined>;
  /** A row as the message it is, its images signed. */
  toMessage(chatId: number, record: MessageRecord): Promise<Message>;
}

/** Above every id: where the newest page begins. */
const aboveAll = Number.MAX_SAFE_INTEGER;

export function createReadMessages({ database, pageStatements, memberships, images, hooks }: Needs): ReadMessages {
  async function toMessage(chatId: number, record: MessageRecord): Promise<Message> {
    return withImages(chatId, record, await picturesOf(record));
  }

  async function picturesOf({ images: stored }: MessageRecord): Promise<readonly MessageImage[]> {
    return stored === null ? none : images.signUrls(stored);
  }

  /** Waits for signatures only where there are images. */
  async function toMessages(chatId: number, records: readonly MessageRecord[]): Promise<Message[]> {
    if (records.every((record) => record.images === null)) {
      return records.map((record) => withImages(chatId, record, none));
    }
    return Promise.all(records.map((record) => toMessage(chatId, record)));
  }

  async function page(actor: Actor, given: PageInput): Promise<MessagePage> {
    const context = { actor };
    const input = hooks.hooks('ReadMessages')
      ? await hooks.prepare('ReadMessages', given, context, (replaced) => ({
          ...parseInput(pageInput, replaced),
          chatId: given.chatId,
        }))
      : given;
    const { chatId, limit = pageLimit.default, before, after } = input;
    const forward = after !== undefined;
    // One row more than the page tells whether there is more.
    const rows = forward
      ? await database.query(pageStatements.after, [chatId, after, limit + 1])
      : await database.query(pageStatements.before, [chatId, before ?? aboveAll, limit + 1]);
    const [first] = rows;
    if (first === undefined) throw chatError('chat_not_found');
    const members = { chatId, customerId: first.customer_id, dentistId: first.dentist_id };
    memberships.remember(members);
    const admitted = memberships.admits(members, actor);
    if (admitted !== true && !(await admitted)) throw chatError('chat_not_found');

    const found = rows.filter(hasMessage);
    const records = found.slice(0, limit);
    const end = records.at(-1);
    if (!forward) records.reverse();
    const hasMore = found.length > limit;
    const result = {
      messages: await toMessages(chatId, records),
      hasMore,
      nextCursor: hasMore && end !== undefined ? String(end.id) : null,
    };
    hooks.after('ReadMessages', result, context);
    return result;
  }

  return {
    page,
    toMessage,
    async one(chatId, messageId) {
      const [record] = await database.query(pageStatements.one, [chatId, messageId]);
      return record === undefined ? undefined : toMessage(chatId, record);
    },
  };
}

const none: readonly MessageImage[] = [];

function withImages(chatId: number, record: MessageRecord, pictures: readonly MessageImage[]): Message {
  const { id, sender_type: senderType, sender_id: senderId, content, created_at: createdAt, read_at: readAt } = record;
  const isRead = readAt !== null;
  const message = { id, chatId, senderType, senderId, content, images: pictures, createdAt, isRead, readAt };
  const { client_message_id: clientMessageId } = record;
  return clientMessageId === null ? message : { ...message, clientMessageId };
}

export function hasMessage(row: PageRow): row is PageRow & MessageRecord {
  return row.id !== null;
}
