import type { Actor } from '../auth/actor.js';
import type { ChatMembers } from '../chats/chat.js';
import { isMember } from '../chats/chat.js';
import type { Memberships } from '../chats/memberships.js';
import type { Database } from '../database/database.js';
import type { DomainEventBus } from '../domain-events.js';
import { chatError } from '../errors.js';
import { parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import { isUnsettled } from './is-unsettled.js';
import { markReadInput } from './message-input.js';
import type { MarkReadInput, ReadReceipt } from './message.js';
import type { ReadStatements } from './read-statements.js';
import type { UnsettledReads } from './unsettled-reads.js';

interface Needs {
  database: Database;
  memberships: Memberships;
  readStatements: ReadStatements;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
  unsettledReads: UnsettledReads;
}

/**
 * Marks one message, or everything up to one, as read by the actor. Idempotent: the first `readAt` stays, and is announced
 * once; where it is not known whether it was written, it is announced when it is found, perhaps once more.
 * @throws ChatError `chat_not_found` (for strangers too), `message_not_found`, `own_message`.
 */
export type MarkRead = (actor: Actor, input: MarkReadInput) => Promise<ReadReceipt>;

interface Marked {
  members: ChatMembers;
  receipt: ReadReceipt;
  /** False where it had been read before: then there is nothing to announce. */
  changed: boolean;
}

export function createMarkRead(needs: Needs): MarkRead {
  const { database, memberships, readStatements, hooks, domainEvents, unsettledReads } = needs;
  return async (actor, given) => {
    const context = { actor };
    const input = hooks.hooks('MarkRead')
      ? await hooks.prepare('MarkRead', given, context, (replaced) => ({
          ...parseInput(markReadInput, replaced),
          chatId: given.chatId,
        }))
      : given;
    // Before anything is written. The statement says it once more, for whom it marks.
    const known = await memberships.require(actor, input.chatId);
    const begunAt = performance.now();
    let marked: Marked;
    try {
      marked = await ('messageId' in input
        ? markOne(actor, input.chatId, input.messageId)
        : markUpTo(actor, input.chatId, input.upTo));
    } catch (error) {
      if (isUnsettled(error)) unsettledReads.review(actor, known, begunAt);
      throw error;
    }
    const { members, receipt, changed } = marked;
    if (changed) domainEvents.emit('message:read', { receipt, reader: actor, members });
    hooks.after('MarkRead', receipt, context);
    return receipt;
  };

  async function markOne(actor: Actor, chatId: number, messageId: number): Promise<Marked> {
    const values = [chatId, messageId, actor.type, actor.id];
    let [row] = await database.query(readStatements.one, values);
    const members = requireReader(actor, chatId, row);
    if (row === undefined || row.sender_type === null) throw chatError('message_not_found');
    if (row.sender_type === actor.type) throw chatError('own_message');
    const changed = row.marked_at !== null;
    // Another device marked it between this statement's snapshot and its update: what it wrote is there now.
    if (!changed && row.read_at === null) [row] = await database.query(readStatements.one, values);
    const readAt = row?.marked_at ?? row?.read_at ?? null;
    return { members, receipt: { chatId, messageId, messageIds: [messageId], readAt }, changed };
  }

  async function markUpTo(actor: Actor, chatId: number, upTo = Number.MAX_SAFE_INTEGER): Promise<Marked> {
    const [row] = await database.query(readStatements.upTo, [chatId, upTo, actor.type, actor.id]);
    const members = requireReader(actor, chatId, row);
    const messageIds = row?.ids ?? [];
    const receipt = { chatId, messageId: messageIds.at(-1) ?? null, messageIds, readAt: row?.marked_at ?? null };
    return { members, receipt, changed: messageIds.length > 0 };
  }
}

function requireReader(
  actor: Actor,
  chatId: number,
  row: { customer_id: number; dentist_id: number } | undefined,
): ChatMembers {
  if (row === undefined) throw chatError('chat_not_found');
  const members = { chatId, customerId: row.customer_id, dentistId: row.dentist_id };
  if (!isMember(members, actor)) throw chatError('chat_not_found');
  return members;
}
