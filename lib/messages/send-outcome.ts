import type { Actor } from '../auth/actor.js';
import { isMember } from '../chats/chat.js';
import type { Memberships } from '../chats/memberships.js';
import type { Database } from '../database/database.js';
import type { DomainEventBus } from '../domain-events.js';
import { chatError } from '../errors.js';
import type { MessageImage } from '../images/image.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Message, SendMessageInput } from './message.js';
import type { ReadMessages } from './read-messages.js';
import type { SendStatements, WrittenRow } from './send-statements.js';

interface Needs {
  database: Database;
  sendStatements: SendStatements;
  readMessages: ReadMessages;
  memberships: Memberships;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
}

/** What became of a message. */
export interface SendOutcome {
  /** What the database did, as the answer: the new message, the earlier one of a retry, or the refusal. */
  conclude(
    actor: Actor,
    input: SendMessageInput,
    fingerprint: Buffer | undefined,
    written: WrittenRow | undefined,
    pictures: readonly MessageImage[],
  ): Promise<Message>;
  /** The message that the same sender sent under the same `clientMessageId` before, whatever has become of the chat. */
  findEarlier(actor: Actor, input: SendMessageInput, fingerprint: Buffer | undefined): Promise<Message | undefined>;
}

export function createSendOutcome(needs: Needs): SendOutcome {
  const { database, sendStatements, readMessages, memberships, hooks, domainEvents } = needs;

  async function conclude(
    actor: Actor,
    input: SendMessageInput,
    fingerprint: Buffer | undefined,
    written: WrittenRow | undefined,
    pictures: readonly MessageImage[],
  ): Promise<Message> {
    const { chatId, content, clientMessageId } = input;
    if (written === undefined) throw chatError('chat_not_found');
    const members = { chatId, customerId: written.customer_id, dentistId: written.dentist_id };
    memberships.remember(members);
    if (!isMember(members, actor)) throw chatError('not_participant');
    if (written.id === null || written.created_at === null) {
      const earlier = await findEarlier(actor, input, fingerprint);
      if (earlier !== undefined) return earlier;
      if (written.status === 'closed') throw chatError('chat_closed');
      throw new Error('a message was neither written nor refused');
    }
    const message: Message = {
      id: written.id,
      chatId,
      senderType: actor.type,
      senderId: actor.id,
      content,
      images: pictures,
      createdAt: written.created_at,
      isRead: false,
      readAt: null,
      ...(clientMessageId === undefined ? {} : { clientMessageId }),
    };
    domainEvents.emit('message:sent', { message, members, previousId: written.previous_id });
    hooks.after('SendMessage', message, { actor });
    return message;
  }

  async function findEarlier(
    actor: Actor,
    input: SendMessageInput,
    fingerprint: Buffer | undefined,
  ): Promise<Message | undefined> {
    if (fingerprint === undefined) return undefined;
    const { chatId, clientMessageId } = input;
    const [row] = await database.query(sendStatements.findByClientId, [chatId, actor.type, clientMessageId]);
    if (row === undefined) return undefined;
    if (!row.client_fingerprint?.equals(fingerprint)) throw chatError('idempotency_conflict');
    // Whoever wrote it may have died before saying so.
    domainEvents.emit('message:unsettled', { chatId });
    return readMessages.one(chatId, row.id);
  }

  return { conclude, findEarlier };
}
