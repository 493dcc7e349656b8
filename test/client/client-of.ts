import { createChatClient } from '../../lib/client/index.js';
import type {
  ChatClient,
  ChatClientOptions,
  ClientTiming,
  ClientSnapshot,
  Conversation,
  OutgoingMessage,
} from '../../lib/client/index.js';
import type { Caller, ChatHost } from '../support/chat-host.js';

/** A phone's minutes as tenths of a second. */
export const swift: ClientTiming = { answerMs: 400, uploadMs: 10_000, retryFirstMs: 10, retryMostMs: 80 };

/** A client of this person, connected. Disconnect it in the test. */
export async function clientOf(
  host: ChatHost,
  caller: Caller,
  changes: Partial<ChatClientOptions> = {},
): Promise<ChatClient> {
  const client = createChatClient({ url: host.url, getToken: async () => host.tokenOf(caller) ?? '', ...changes });
  client.connect();
  await until(client, ({ connection, chatList }) => connection.status === 'online' && chatList.phase === 'ready');
  return client;
}

/** Resolves once the snapshot is so: within 5 s, unless told otherwise. */
export async function until(
  client: ChatClient,
  isSo: (snapshot: ClientSnapshot) => boolean,
  timeoutMs = 5_000,
): Promise<void> {
  if (isSo(client.getSnapshot())) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`the snapshot did not become so within ${timeoutMs} ms`));
    }, timeoutMs);
    const unsubscribe = client.subscribe(() => {
      if (!isSo(client.getSnapshot())) return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    });
  });
}

/** Opens a chat and resolves once its newest messages are there. */
export async function open(client: ChatClient, chatId: number): Promise<void> {
  client.openChat(chatId);
  await until(client, ({ conversations }) => conversations.get(chatId)?.phase === 'ready');
}

export function conversation(client: ChatClient, chatId: number): Conversation {
  const found = client.getSnapshot().conversations.get(chatId);
  if (found === undefined) throw new Error(`chat ${chatId} is not open`);
  return found;
}

/** What a person sees: texts from top to bottom. */
export function shownTexts(client: ChatClient, chatId: number): string[] {
  return conversation(client, chatId).messages.map(({ content }) => content);
}

export function shows(chatId: number, text: string): (snapshot: ClientSnapshot) => boolean {
  return ({ conversations }) => conversations.get(chatId)?.messages.some(({ content }) => content === text) ?? false;
}

export function statusOf(client: ChatClient, clientMessageId: string): OutgoingMessage['status'] | undefined {
  return client.getSnapshot().outbox.find((entry) => entry.clientMessageId === clientMessageId)?.status;
}
