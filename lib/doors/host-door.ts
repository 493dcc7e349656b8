import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isPersonRef, type Actor, type PersonRef } from '../auth/actor.js';
import { chatIdInput, listInput } from '../chats/chat-input.js';
import type { Chat, ChatList, ChatListInput } from '../chats/chat.js';
import type { Admission } from '../chats/admission.js';
import type { Chats } from '../chats/chats.js';
import { chatError } from '../errors.js';
import type { InFlight } from '../in-flight.js';
import type { MarkReadInput, Message, MessagePage, PageInput, ReadReceipt } from '../messages/message.js';
import { markReadInput, pageInput, type MessageSchemas } from '../messages/message-input.js';
import type { Messages } from '../messages/messages.js';
import { toSendInput } from '../messages/message-routes.js';
import type { Logger } from '../logger.js';
import { id, parseInput } from '../parse-input.js';
import { toAnswer } from './error-answer.js';

/** A message from the host's own code. */
export interface HostMessage {
  chatId: number;
  /** Default empty; required where there are no images. */
  content?: string;
  /** Keys of pre-uploaded images. */
  imageKeys?: readonly string[];
  /** Image files as bytes, treated as an upload is. */
  files?: readonly Uint8Array[];
  clientMessageId?: string;
}

/**
 * The third door: the host's own code, on behalf of a person. The rules are those of the other two. Whatever fails
 * rejects with a `ChatError` of the same codes, what nobody has foreseen with `internal_error` and its `cause`.
 */
export interface HostDoor {
  readonly chats: {
    list(actor: Actor, input?: ChatListInput): Promise<ChatList>;
    get(actor: Actor, chatId: number): Promise<Chat>;
    start(actor: Actor): Promise<Chat>;
    /** Nobody can send into a closed chat (409 `chat_closed`); reading goes on. Not for clients: the host decides. */
    close(chatId: number): Promise<void>;
    reopen(chatId: number): Promise<void>;
  };
  readonly messages: {
    send(actor: Actor, message: HostMessage): Promise<Message>;
    list(actor: Actor, input: PageInput): Promise<MessagePage>;
    markRead(actor: Actor, input: MarkReadInput): Promise<ReadReceipt>;
  };
  readonly people: {
    /**
     * Ends a person's live sockets in every process, at once; their clients do not reconnect by themselves. For a host
     * that signs somebody out everywhere: whoever the directory still knows comes in again with a token that is good.
     */
    disconnect(person: PersonRef): Promise<void>;
  };
}

interface Parts {
  chats: Chats;
  admission: Admission;
  messages: Messages;
  messageSchemas: MessageSchemas;
  socketDoor: { disconnect(person: PersonRef): void };
  inFlight: InFlight;
  logger: Logger;
}

/** `current` gives the running module's parts, and throws `not_started` where there is none. */
export function createHostDoor(current: () => Parts): HostDoor {
  const actorOf = (actor: Actor): Actor => {
    if (isPersonRef(actor)) return { type: actor.type, id: actor.id };
    throw chatError('invalid_request', { details: { issues: [{ field: 'actor', problem: 'must be { type, id }' }] } });
  };
  const run = async <T>(operation: string, work: (parts: Parts) => Promise<T>): Promise<T> => {
    const parts = current();
    try {
      return await parts.inFlight.run(() => work(parts));
    } catch (error) {
      throw toAnswer(error, parts.logger, { door: 'host', operation });
    }
  };
  /** For a person whom the directory knows, and about one chat or none, by what the directory says from now on. */
  const runFor = <I extends object, T>(
    operation: string,
    given: Actor,
    parse: (parts: Parts) => I,
    work: (parts: Parts, actor: Actor, input: I) => Promise<T>,
  ): Promise<T> =>
    run(operation, async (parts) => {
      const input: I & { chatId?: number } = parse(parts);
      const actor = actorOf(given);
      await parts.admission.admit(actor, input.chatId);
      return work(parts, actor, input);
    });
  const setStatus = (operation: string, chatId: number, status: 'active' | 'closed'): Promise<void> =>
    run(operation, ({ chats }) => chats.setStatus(parseInput(chatIdInput, { chatId }).chatId, status));

  return {
    chats: {
      list: (actor, input = {}) =>
        runFor(
          'chats.list',
          actor,
          () => parseInput(listInput, input),
          ({ chats }, reader, page) => chats.list(reader, page),
        ),
      get: (actor, chatId) =>
        runFor(
          'chats.get',
          actor,
          () => parseInput(chatIdInput, { chatId }),
          ({ chats }, reader) => chats.get(reader, chatId),
        ),
      start: (actor) =>
        runFor(
          'chats.start',
          actor,
          () => ({}),
          ({ chats }, customer) => chats.start(customer),
        ),
      close: (chatId) => setStatus('chats.close', chatId, 'closed'),
      reopen: (chatId) => setStatus('chats.reopen', chatId, 'active'),
    },
    messages: {
      send: (actor, message) =>
        runFor(
          'messages.send',
          actor,
          ({ messageSchemas }) => {
            const { chatId, imageKeys: imageUrls, files, ...text } = parseInput(hostMessage, message);
            const body = parseInput(messageSchemas.body, { ...text, imageUrls });
            return { ...toSendInput(messageSchemas, { chatId, ...body }, files.length), files };
          },
          ({ messages }, sender, { files, ...input }) => messages.send(sender, input, files.map(receive)),
        ),
      list: (actor, input) =>
        runFor(
          'messages.list',
          actor,
          () => parseInput(pageInput, input),
          ({ messages }, reader, page) => messages.page(reader, page),
        ),
      markRead: (actor, input) =>
        runFor(
          'messages.markRead',
          actor,
          () => parseInput(markReadInput, input),
          ({ messages }, reader, marked) => messages.markRead(reader, marked),
        ),
    },
    people: {
      disconnect: (person) =>
        run('people.disconnect', ({ socketDoor }) => Promise.resolve(socketDoor.disconnect(actorOf(person)))),
    },
  };
}

/** What it has beside files is for the schemas of messages to judge. */
const hostMessage = z.object(
  {
    chatId: id,
    content: z.unknown().optional(),
    imageKeys: z.unknown().optional(),
    clientMessageId: z.unknown().optional(),
    files: z.array(z.instanceof(Uint8Array, { error: 'must be a Uint8Array' })).default([]),
  },
  'must be an object',
);

function receive(buffer: Uint8Array) {
  const digest = createHash('sha256').update(buffer).digest('hex');
  return { source: { buffer }, bytes: buffer.byteLength, digest };
}
