import type { Actor } from '../auth/actor.js';
import type { Memberships } from '../chats/memberships.js';
import type { Database, Transaction } from '../database/database.js';
import type { DomainEventBus } from '../domain-events.js';
import { ChatError } from '../errors.js';
import type { Images } from '../images/images.js';
import type { ReceivedFile } from '../images/image.js';
import { parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import { fingerprintOf } from './fingerprint.js';
import { isUnsettled } from './is-unsettled.js';
import type { MessageSchemas } from './message-input.js';
import type { Message, SendMessageInput } from './message.js';
import type { ReadMessages } from './read-messages.js';
import { createSendOrder, type Place } from './send-order.js';
import { createSendOutcome } from './send-outcome.js';
import { singleValues, type SendQueue } from './send-queue.js';
import type { MessageRow, SendStatements } from './send-statements.js';

interface Needs {
  database: Database;
  sendStatements: SendStatements;
  sendQueue: SendQueue;
  readMessages: ReadMessages;
  messageSchemas: MessageSchemas;
  memberships: Memberships;
  images: Images;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
}

/**
 * Sends a message; `files` are images that came with the request. `signal` ends the work on pictures for somebody who is
 * gone; what is written is written.
 * @throws ChatError `chat_not_found`, `not_participant`, `chat_closed`, `idempotency_conflict`, `image_key_invalid`,
 * what the images room refuses, and what a hook refused with.
 */
export type SendMessage = (
  actor: Actor,
  input: SendMessageInput,
  files?: readonly ReceivedFile[],
  signal?: AbortSignal,
) => Promise<Message>;

export interface SendMessages {
  send: SendMessage;
  /**
   * The same for what comes over a connection: the texts of one sender are written to each chat in the order in which
   * they came, however long hooks and the directory take for each. A picture is written when it is ready, and texts do
   * not wait for it. Requests and the host's own calls have no order: whoever wants one waits for each. (A hook's own
   * calls must not: they would wait for the message that waits for the hook.)
   */
  sendInTurn(actor: Actor, input: SendMessageInput): Promise<Message>;
}

export function createSendMessage(needs: Needs): SendMessages {
  const { database, sendStatements, sendQueue, messageSchemas, memberships, images, hooks, domainEvents } = needs;
  const { conclude, findEarlier } = createSendOutcome(needs);
  const order = createSendOrder();

  return {
    send,
    sendInTurn: (actor, input) => send(actor, input, [], undefined, true),
  };

  function send(
    actor: Actor,
    input: SendMessageInput,
    files: readonly ReceivedFile[] = [],
    signal?: AbortSignal,
    isInTurn = false,
  ): Promise<Message> {
    const hasImages = files.length > 0 || input.imageKeys.length > 0;
    return hasImages ? sendImages(actor, input, files, signal) : sendText(actor, input, isInTurn);
  }

  async function sendText(actor: Actor, given: SendMessageInput, isInTurn: boolean): Promise<Message> {
    const { chatId, clientMessageId } = given;
    // What the client asked for, not what hooks made of it: a retry asks for the same.
    const fingerprint = clientMessageId === undefined ? undefined : fingerprintOf(given.content, []);
    const admitted = memberships.requireSender(actor, chatId);
    const isBehind = isInTurn && order.isUnderWay(actor, chatId);
    // Mostly there is nothing to wait for.
    if (!(admitted instanceof Promise || isBehind || hooks.hooks('SendMessage'))) {
      const written = await sendQueue.send(rowOf(actor, given, fingerprint));
      return conclude(actor, given, fingerprint, written, []);
    }
    const place = isInTurn ? order.take(actor, chatId) : undefined;
    try {
      return await sendTextSlowly(admitted, actor, given, fingerprint, place);
    } finally {
      place?.leave();
    }
  }

  async function sendTextSlowly(
    admitted: unknown,
    actor: Actor,
    given: SendMessageInput,
    fingerprint: Buffer | undefined,
    place: Place | undefined,
  ): Promise<Message> {
    const isHooked = hooks.hooks('SendMessage');
    const earlier =
      (await admitOrFind(admitted, actor, given, fingerprint)) ??
      // No hook is asked once more about what is written.
      (isHooked ? await findEarlier(actor, given, fingerprint) : undefined);
    if (earlier !== undefined) return earlier;
    const input = isHooked ? await runHooks(actor, given) : given;
    if (input.imageKeys.length > 0) {
      place?.leave();
      return writeWithImages(actor, input, fingerprint, []);
    }
    if (place?.before !== undefined) await place.before;
    if (isHooked || place?.before !== undefined) await requireStill(actor, input);
    const writing = sendQueue.send(rowOf(actor, input, fingerprint));
    // It has its place in the queue now, and those behind will come after it.
    place?.leave();
    return conclude(actor, input, fingerprint, await writing, []);
  }

  /** A retry is answered with its message also where the sender may send no more by now. */
  async function admitOrFind(
    admitted: unknown,
    actor: Actor,
    input: SendMessageInput,
    fingerprint: Buffer | undefined,
  ): Promise<Message | undefined> {
    try {
      await admitted;
      return undefined;
    } catch (error) {
      const isOver = error instanceof ChatError && error.code === 'chat_closed';
      const earlier = isOver ? await findEarlier(actor, input, fingerprint) : undefined;
      if (earlier !== undefined) return earlier;
      throw error;
    }
  }

  async function sendImages(
    actor: Actor,
    given: SendMessageInput,
    files: readonly ReceivedFile[],
    signal: AbortSignal | undefined,
  ): Promise<Message> {
    // Before anything is stored: a stranger stores nothing, and a retry stores nothing twice.
    const fingerprint =
      given.clientMessageId === undefined
        ? undefined
        : fingerprintOf(given.content, [...given.imageKeys, ...files.map(({ digest }) => digest)]);
    const admitted = memberships.requireSender(actor, given.chatId);
    const earlier =
      (await admitOrFind(admitted, actor, given, fingerprint)) ?? (await findEarlier(actor, given, fingerprint));
    if (earlier !== undefined) return earlier;
    const stored = files.length === 0 ? [] : (await images.storeUploads(actor, given.chatId, files, signal)).keys;
    try {
      const withKeys = { ...given, imageKeys: [...given.imageKeys, ...stored] };
      const input = hooks.hooks('SendMessage') ? await runHooks(actor, withKeys) : withKeys;
      return await writeWithImages(actor, input, fingerprint, stored, signal);
    } catch (error) {
      const discarded = images.discard(stored);
      // Nobody waits for a database that is away twice.
      if (!isAway(error)) await discarded;
      throw error;
    }
  }

  /** Hooks, pictures and those before take their time, in which the customer may have been given another dentist. */
  async function requireStill(actor: Actor, { chatId }: SendMessageInput): Promise<void> {
    await memberships.requireSender(actor, chatId);
  }

  async function writeWithImages(
    actor: Actor,
    input: SendMessageInput,
    fingerprint: Buffer | undefined,
    stored: readonly string[],
    signal?: AbortSignal,
  ): Promise<Message> {
    const { chatId, imageKeys } = input;
    const uploaded = imageKeys.filter((key) => !stored.includes(key));
    if (uploaded.length > 0) await images.checkUsable(actor, chatId, uploaded, signal);
    await requireStill(actor, input);
    const values = singleValues(rowOf(actor, input, fingerprint), imageKeys.length);
    const { row, pictures } = await orUnsettled(chatId, async (tx) => {
      const [row] = await tx.query(sendStatements.one, values);
      if (row === undefined || row.id === null) return { row, pictures: [] };
      const attached = await images.attach(tx, { actor, chatId, messageId: row.id, keys: imageKeys });
      // Before the commit: a message whose links cannot be signed is none, and what is stored is announced.
      return { row, pictures: await images.signUrls(attached) };
    });
    const message = await conclude(actor, input, fingerprint, row, pictures);
    // No message has what a hook took away, nor, where it was sent before with its pictures of then, any of these.
    const unused = message.id === row?.id ? stored.filter((key) => !imageKeys.includes(key)) : stored;
    if (unused.length > 0) await images.discard(unused);
    return message;
  }

  /** It may have been committed all the same, and its retry would be answered without a word to the others. */
  async function orUnsettled<T>(chatId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (isUnsettled(error)) domainEvents.emit('message:unsettled', { chatId });
      throw error;
    }
  }

  function runHooks(actor: Actor, input: SendMessageInput): Promise<SendMessageInput> {
    return hooks.prepare('SendMessage', input, { actor }, (replaced) => ({
      ...parseInput(messageSchemas.input, replaced),
      // A hook changes what is said, not where, nor what a retry is known by.
      chatId: input.chatId,
      ...(input.clientMessageId === undefined ? {} : { clientMessageId: input.clientMessageId }),
    }));
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'database_unavailable';
}

function rowOf(actor: Actor, input: SendMessageInput, fingerprint: Buffer | undefined): MessageRow {
  return {
    chatId: input.chatId,
    senderType: actor.type,
    senderId: actor.id,
    content: input.content,
    clientMessageId: input.clientMessageId,
    fingerprint,
  };
}
