import { LRUCache } from 'lru-cache';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { chatError } from '../errors.js';
import { isMember, type ChatMembers } from './chat.js';
import type { ChatStatements } from './chat-statements.js';

/** Chats whose members are remembered: a few MB, and the pair of a chat never changes. */
const rememberedChats = 20_000;

/** Who is in which chat. */
export interface Memberships {
  /** The chat's members, or undefined where there is no such chat. */
  find(chatId: number): Promise<ChatMembers | undefined>;
  /**
   * The chat's members, the actor among them.
   * @throws ChatError `chat_not_found`; for a stranger the code given, by default the same: he learns nothing.
   */
  require(actor: Actor, chatId: number, forStranger?: 'chat_not_found' | 'not_participant'): Promise<ChatMembers>;
  remember(members: ChatMembers): void;
}

export function createMemberships(database: Database, statements: ChatStatements): Memberships {
  const known = new LRUCache<number, ChatMembers>({ max: rememberedChats });

  async function find(chatId: number): Promise<ChatMembers | undefined> {
    const remembered = known.get(chatId);
    if (remembered !== undefined) return remembered;
    const [row] = await database.query(statements.find, [chatId]);
    if (row === undefined) return undefined;
    const members = { chatId, customerId: row.customer_id, dentistId: row.dentist_id };
    known.set(chatId, members);
    return members;
  }

  return {
    find,
    async require(actor, chatId, forStranger = 'chat_not_found') {
      const members = await find(chatId);
      if (members === undefined) throw chatError('chat_not_found');
      if (!isMember(members, actor)) throw chatError(forStranger);
      return members;
    },
    remember: (members) => void known.set(members.chatId, members),
  };
}
