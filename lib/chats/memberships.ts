import { LRUCache } from 'lru-cache';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import type { Reliance, Standing } from '../directory/standing.js';
import { chatError } from '../errors.js';
import { isMember, type ChatMembers } from './chat.js';
import type { ChatStatements } from './chat-statements.js';

/** Chats whose members are remembered: a few MB, and the pair of a chat never changes. */
const rememberedChats = 20_000;

/**
 * Who is in which chat, and may still be. A chat belongs to its customer for good; its dentist is a stranger to it once
 * the directory names another, or nobody, or does not know the customer any more.
 */
export interface Memberships {
  /** The chat's members, or undefined where there is no such chat. */
  find(chatId: number): Promise<ChatMembers | undefined>;
  /**
   * The chat's members, the actor among them.
   * @throws ChatError `chat_not_found`; for a stranger the code given, by default the same: he learns nothing.
   * `actor_unknown` for whoever was taken out of the directory while this waited.
   */
  require(actor: Actor, chatId: number, forStranger?: 'chat_not_found' | 'not_participant'): Promise<ChatMembers>;
  /** Whether the actor is one of these members, and no stranger by now. At once where that is known. */
  admits(members: ChatMembers, actor: Actor): boolean | Promise<boolean>;
  /**
   * The chat's members, the actor among them, and the other one there to be written to.
   * @throws ChatError `chat_not_found`, `not_participant`; `chat_closed` for a customer whose dentist is another by now;
   * `actor_unknown` as {@link require}.
   */
  requireSender(actor: Actor, chatId: number): ChatMembers | Promise<ChatMembers>;
  /** Whether the two members may hear of each other. */
  isLive(members: ChatMembers): boolean | Promise<boolean>;
  /** The same of each; of one that alone cannot be told, they may not. */
  areLive(chats: readonly ChatMembers[], reliance?: Reliance): Promise<boolean[]>;
  /** A request came in about this chat: lets what the directory said before it count no more. */
  renew(actor: Actor, chatId: number): Promise<void>;
  remember(members: ChatMembers): void;
}

export function createMemberships(database: Database, statements: ChatStatements, standing: Standing): Memberships {
  const known = new LRUCache<number, ChatMembers>({ max: rememberedChats });

  /** One look-up of a chat at a time: messages that wait for it go on in the order in which they came. */
  const underWay = new Map<number, Promise<ChatMembers | undefined>>();

  async function find(chatId: number): Promise<ChatMembers | undefined> {
    const remembered = known.get(chatId);
    if (remembered !== undefined) return remembered;
    const current = underWay.get(chatId);
    if (current !== undefined) return current;
    const found = lookUp(chatId).finally(() => underWay.delete(chatId));
    underWay.set(chatId, found);
    return found;
  }

  async function lookUp(chatId: number): Promise<ChatMembers | undefined> {
    const [row] = await database.query(statements.find, [chatId]);
    if (row === undefined) return undefined;
    const members = { chatId, customerId: row.customer_id, dentistId: row.dentist_id };
    known.set(chatId, members);
    return members;
  }

  function admits(members: ChatMembers, actor: Actor): boolean | Promise<boolean> {
    if (!isMember(members, actor)) return false;
    return actor.type === 'customer' || standing.isAssigned(members);
  }

  async function requireSenderSlowly(actor: Actor, chatId: number): Promise<ChatMembers> {
    const members = await find(chatId);
    if (members === undefined) throw chatError('chat_not_found');
    if (!isMember(members, actor)) throw chatError('not_participant');
    return requireStanding(actor, members, standing.isAssigned(members), standing.isThere(actor));
  }

  async function requireStanding(
    actor: Actor,
    members: ChatMembers,
    isAssigned: boolean | Promise<boolean>,
    isThere: boolean | Promise<boolean>,
  ): Promise<ChatMembers> {
    const [isOne, isKnown] = await Promise.all([isAssigned, isThere]);
    if (!isKnown) throw chatError('actor_unknown');
    if (isOne) return members;
    throw chatError(actor.type === 'customer' ? 'chat_closed' : 'not_participant');
  }

  return {
    find,
    admits,
    async require(actor, chatId, forStranger = 'chat_not_found') {
      const members = await find(chatId);
      if (members === undefined) throw chatError('chat_not_found');
      const [isAdmitted, isThere] = await Promise.all([admits(members, actor), standing.isThere(actor)]);
      if (!isThere) throw chatError('actor_unknown');
      if (!isAdmitted) throw chatError(forStranger);
      return members;
    },
    requireSender(actor, chatId) {
      const members = known.get(chatId);
      if (members === undefined || !isMember(members, actor)) return requireSenderSlowly(actor, chatId);
      const isAssigned = standing.isAssigned(members);
      const isThere = standing.isThere(actor);
      // The hot path: nothing to wait for.
      if (isAssigned === true && isThere === true) return members;
      return requireStanding(actor, members, isAssigned, isThere);
    },
    isLive: (members) => standing.isAssigned(members),
    areLive: (chats, reliance = 'asked') => standing.areAssigned(chats, reliance),
    async renew(actor, chatId) {
      const members = await find(chatId);
      if (members !== undefined && isMember(members, actor)) standing.renewAssignment(members.customerId);
    },
    remember: (members) => void known.set(members.chatId, members),
  };
}
