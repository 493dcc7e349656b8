import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import type { People } from '../directory/people.js';
import type { DomainEventBus } from '../domain-events.js';
import { ChatError, chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Chat, StartChatInput } from './chat.js';
import type { ChatStatements, FoundChat } from './chat-statements.js';
import { describePair } from './describe-pair.js';
import type { Memberships } from './memberships.js';

interface Needs {
  database: Database;
  chatStatements: ChatStatements;
  memberships: Memberships;
  people: People;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
  logger: Logger;
}

/**
 * Starts the chat between a customer and the assigned dentist.
 * @throws ChatError `customers_only`, `no_assigned_dentist`, `chat_already_exists` with the chat's id in its details.
 */
export type StartChat = (actor: Actor) => Promise<Chat>;

/** Tells of a chat; its members may hear of each other where it `isLive`. */
type Announce = (row: FoundChat, isLive: boolean) => Promise<Chat>;

/** How often a start whose answer was lost is looked up, each time after twice as long, from a quarter of a second. */
const maxLooks = 8;
/** Not all that somebody may think of while the database is away. */
const maxDoubts = 1_000;

export function createStartChat(needs: Needs): StartChat {
  const { database, chatStatements, memberships, people, hooks, domainEvents, logger } = needs;
  let doubts = 0;

  return async (actor) => {
    if (actor.type !== 'customer') throw chatError('customers_only');
    const dentistId = await people.findAssignedDentist(actor.id);
    if (dentistId === null) throw chatError('no_assigned_dentist');
    const pair = { customerId: actor.id, dentistId };
    // A hook may refuse or watch a start, never turn it into one between other people.
    await hooks.prepare('StartChat', pair, { actor }, () => pair);

    // Before the chat is there: nothing that can fail stands between it and its announcement.
    const both = await describePair(people, pair);
    const announce: Announce = (row, isLive) => announceChat(actor, pair, row, both, isLive);

    // Known beforehand, the id tells whose a chat is that is found when the answer of its insert was lost.
    const [next] = await database.query(chatStatements.nextId, []);
    if (next === undefined) throw new Error('the sequence gave no id');
    const row = await insert(next.id, pair, announce);
    if (row !== undefined) return announce(row, true);
    const [existing] = await database.query(chatStatements.findPair, [pair.customerId, pair.dentistId]);
    throw chatError('chat_already_exists', existing && { details: { chatId: existing.id } });
  };

  /** Of any number of concurrent starts the unique pair lets one through: undefined for the others. */
  async function insert(
    id: number,
    { customerId, dentistId }: StartChatInput,
    announce: Announce,
  ): Promise<FoundChat | undefined> {
    try {
      const [row] = await database.query(chatStatements.insert, [id, customerId, dentistId]);
      return row;
    } catch (error) {
      // It may have been committed all the same, and its retry would be refused without a word to the others.
      if (error instanceof ChatError && error.code === 'database_unavailable' && doubts < maxDoubts) {
        doubts += 1;
        void announceIfThere(id, announce);
      }
      throw error;
    }
  }

  async function announceIfThere(id: number, announce: Announce, look = 1): Promise<void> {
    try {
      const [row] = await database.query(chatStatements.find, [id]);
      if (row !== undefined) await announceLate(row, announce);
      if (row !== undefined || look === maxLooks) return void (doubts -= 1);
    } catch (err) {
      logger.debug({ err }, 'a chat that may have been started could not be looked up');
      if (look === maxLooks) return void (doubts -= 1);
    }
    setTimeout(() => void announceIfThere(id, announce, look + 1), 125 * 2 ** look).unref();
  }

  /** A minute may have gone, in which the customer may have been given another dentist. */
  async function announceLate(row: FoundChat, announce: Announce): Promise<void> {
    const members = { chatId: row.id, customerId: row.customer_id, dentistId: row.dentist_id };
    const [isLive = false] = await memberships.areLive([members]);
    await announce(row, isLive);
  }

  async function announceChat(
    actor: Actor,
    pair: StartChatInput,
    { id, status, created_at: createdAt, updated_at: updatedAt }: FoundChat,
    both: Pick<Chat, 'customer' | 'dentist'>,
    isLive: boolean,
  ): Promise<Chat> {
    memberships.remember({ chatId: id, ...pair });
    await memberships.renew(actor, id);
    const chat: Chat = { id, status: isLive ? status : 'closed', createdAt, updatedAt, ...both };
    domainEvents.emit('chat:started', { chat, isLive });
    hooks.after('StartChat', chat, { actor });
    return chat;
  }
}
