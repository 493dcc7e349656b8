import { otherType, personTypes, type Actor, type PersonRef, type PersonType } from '../auth/actor.js';
import { chatMembers } from '../chats/chat.js';
import type { Memberships } from '../chats/memberships.js';
import type { Database } from '../database/database.js';
import type { PresenceChange, Watched } from './presence-change.js';
import type { PresenceStatements } from './presence-statements.js';

/** Who sees whom, by what is written. */
export interface PresenceReads {
  /** All chats of a person by id, and those of them whose other side is online. */
  chatsOf(person: PersonRef): Promise<{ chatIds: number[]; onlineChatIds: number[] }>;
  /** Who sees these changes: those online who share a chat with the person. Nobody, of a change that is none any more. */
  watchersOf(changes: readonly PresenceChange[]): Promise<Watched[]>;
  /** Those of these people who are online. */
  onlineOf(people: readonly PersonRef[]): Promise<PersonRef[]>;
}

interface Needs {
  database: Database;
  memberships: Pick<Memberships, 'areLive'>;
  statements: PresenceStatements;
}

export function createPresenceReads({ database, memberships, statements }: Needs): PresenceReads {
  /** Of the people of one type. */
  async function watchersOfType(type: PersonType, changes: readonly PresenceChange[]): Promise<Watched[]> {
    const online = new Map(changes.filter(({ person }) => person.type === type).map((c) => [c.person.id, c.online]));
    if (online.size === 0) return [];
    const rows = await database.query(statements.watchers(type), [[...online.keys()], [...online.values()]]);
    return rows.map(({ person_id: id, chat_id: chatId, watcher_id: watcherId }) => ({
      person: { type, id },
      online: online.get(id) === true,
      chatId,
      watcher: { type: otherType(type), id: watcherId },
    }));
  }

  return {
    async chatsOf(person: Actor) {
      const [found] = await database.query(statements.chats(person.type), [person.id]);
      if (found === undefined) return { chatIds: [], onlineChatIds: [] };
      const { ids, other_ids: otherIds, online_ids: onlineIds } = found;
      const type = otherType(person.type);
      const isLive = await memberships.areLive(
        // The two arrays are columns of the same rows.
        ids.map((chatId, n) => chatMembers(chatId, person, { type, id: otherIds[n] as number })),
      );
      const live = new Set(ids.filter((_, n) => isLive[n]));
      return {
        // A customer keeps their chats with earlier dentists.
        chatIds: person.type === 'customer' ? ids : [...live],
        onlineChatIds: onlineIds.filter((id) => live.has(id)),
      };
    },

    async watchersOf(changes) {
      const watched = (await Promise.all(personTypes.map((type) => watchersOfType(type, changes)))).flat();
      const chats = watched.map(({ chatId, person, watcher }) => chatMembers(chatId, person, watcher));
      const isLive = await memberships.areLive(chats, 'known');
      return watched.filter((_, index) => isLive[index]);
    },

    async onlineOf(people) {
      const rows = await database.query(statements.online, [
        people.map(({ type }) => type),
        people.map(({ id }) => id),
      ]);
      return rows.map((row) => ({ type: row.person_type, id: row.person_id }));
    },
  };
}
