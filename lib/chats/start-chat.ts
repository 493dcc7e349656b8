import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import type { People } from '../directory/people.js';
import type { DomainEventBus } from '../domain-events.js';
import { chatError } from '../errors.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Chat, StartChatInput } from './chat.js';
import type { ChatStatements, FoundChat } from './chat-statements.js';
import { describePair, type Both } from './describe-pair.js';
import type { LookAgain } from './look-again.js';
import type { Memberships } from './memberships.js';

/** What the room's operations need, a start among them. */
export interface ChatNeeds {
  database: Database;
  chatStatements: ChatStatements;
  memberships: Memberships;
  people: People;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
  lookAgain: LookAgain;
}

/**
 * Starts the chat between a customer and the assigned dentist.
 * @throws ChatError `customers_only`, `no_assigned_dentist`, `chat_already_exists` with the chat's id in its details.
 */
export type StartChat = (actor: Actor) => Promise<Chat>;

/** Tells of a chat; its members may hear of each other where it `isLive`. */
type Announce = (row: FoundChat, isLive: boolean) => Promise<Chat>;

/** How often a start begins anew because its customer was given another dentist meanwhile; then they have none who stays. */
const maxReassignments = 3;

export function createStartChat(needs: ChatNeeds): StartChat {
  const { database, chatStatements, memberships, people, hooks, domainEvents, lookAgain } = needs;

  return async (actor) => {
    if (actor.type !== 'customer') throw chatError('customers_only');
    let dentistId = await people.findAssignedDentist(actor.id);
    for (let left = maxReassignments; dentistId !== null && left >= 0; left -= 1) {
      const pair = { customerId: actor.id, dentistId };
      // A hook may refuse or watch a start, never turn it into one between other people.
      await hooks.prepare('StartChat', pair, { actor }, () => pair);

      // Before the chat is there: nothing that can fail stands between it and its announcement.
      const both = await describePair(people, pair);
      // Known beforehand, the id tells whose a chat is that is found when the answer of its insert was lost.
      const [next] = await database.query(chatStatements.nextId, []);
      if (next === undefined) throw new Error('the sequence gave no id');

      // Hooks and names take their time, in which the customer may have been given another dentist.
      dentistId = await people.findAssignedDentist(actor.id);
      if (dentistId === pair.dentistId) return insertOrRefuse(actor, next.id, pair, both);
    }
    throw chatError('no_assigned_dentist');
  };

  async function insertOrRefuse(actor: Actor, id: number, pair: StartChatInput, both: Both): Promise<Chat> {
    const announce: Announce = (row, isLive) => announceChat(actor, pair, row, both, isLive);
    const row = await insert(id, pair, announce);
    if (row !== undefined) return announce(row, true);
    const [existing] = await database.query(chatStatements.findPair, [pair.customerId, pair.dentistId]);
    throw chatError('chat_already_exists', existing && { details: { chatId: existing.id } });
  }

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
      lookAgain(error, () => announceIfThere(id, announce));
      throw error;
    }
  }

  /** A minute may have gone, in which the customer may have been given another dentist. */
  async function announceIfThere(id: number, announce: Announce): Promise<boolean> {
    const [row] = await database.query(chatStatements.find, [id]);
    if (row === undefined) return false;
    const members = { chatId: row.id, customerId: row.customer_id, dentistId: row.dentist_id };
    const [isLive = false] = await memberships.areLive([members]);
    await announce(row, isLive);
    return true;
  }

  async function announceChat(
    actor: Actor,
    pair: StartChatInput,
    { id, status, created_at: createdAt, updated_at: updatedAt }: FoundChat,
    both: Both,
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
