import type { Socket } from 'socket.io-client';
import type { Plugin } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';

/** What a caller saw of an operation, whichever door it went through: done, or the code of a refusal. */
export type Outcome = { readonly done: unknown } | { readonly code: string; readonly status?: number };

/** A host with two plugins, `first` and `second`, whose hooks a test sets, and a chat of John and Dr. Smith. */
export interface HookedHost extends ChatHost {
  readonly chatId: number;
  /** A message of Dr. Smith's. */
  readonly messageId: number;
  readonly sockets: { readonly john: Socket; readonly smith: Socket };
  set(plugin: 'first' | 'second', name: string, hook: (...args: never[]) => unknown): void;
  /** Takes all hooks away. */
  reset(): void;
  /** As John. */
  overHttp(path: string, body?: unknown, method?: 'get' | 'post'): Promise<Outcome>;
  overSocket(event: string, data: object): Promise<Outcome>;
}

const { john, smith } = people;

export async function startHookedHost(): Promise<HookedHost> {
  const hooks: Record<'first' | 'second', Record<string, (...args: never[]) => unknown>> = { first: {}, second: {} };

  /** All hooks are there, so that every look-up finds some. */
  function switchable(which: 'first' | 'second'): Plugin {
    const names = ['SendMessage', 'ReadMessages', 'MarkRead', 'StartChat', 'ChangePresence'];
    const all = ['canCall', ...names.flatMap((name) => [`can${name}`, `before${name}`, `after${name}`])];
    const run = (name: string) => [name, (...args: never[]): unknown => hooks[which][name]?.(...args)] as const;
    return { name: which, version: '1.0.0', hooks: Object.fromEntries(all.map(run)) };
  }

  const plugins = [switchable('first'), switchable('second')];
  const host = await startChatHost({ plugins, realtime: { offlineGraceMs: 0 }, directoryCacheSeconds: 0 });
  const { id: chatId } = await host.chat.chats.start(john);
  const { id: messageId } = await host.chat.messages.send(smith, { chatId, content: 'How are they fitting?' });
  const sockets = { john: await host.connect(john), smith: await host.connect(smith) };

  return {
    ...host,
    chatId,
    messageId,
    sockets,
    set: (which, name, hook) => void (hooks[which][name] = hook),
    reset() {
      hooks.first = {};
      hooks.second = {};
    },
    async overHttp(path, body, method = 'post') {
      const client = host.as(john);
      const answer = await (method === 'get' ? client.get(path) : client.post(path, body));
      if (answer.status < 300) return { done: answer.body };
      return { code: (answer.body as { error: { code: string } }).error.code, status: answer.status };
    },
    async overSocket(event, data) {
      const ack = (await sockets.john.timeout(5_000).emitWithAck(event, data)) as {
        ok: boolean;
        error: { code: string };
      };
      return ack.ok ? { done: ack } : { code: ack.error.code };
    },
  };
}

async function fromHost(work: Promise<unknown>): Promise<Outcome> {
  return work.then(
    (done) => ({ done }),
    (error: { code?: string; message: string }) => ({ code: error.code ?? `thrown: ${error.message}` }),
  );
}

type Way = (hooked: HookedHost) => Promise<Outcome>;

/** Each operation that can be hooked, through each door that it has, by John. */
export const operations = {
  SendMessage: {
    HTTP: (it: HookedHost) => it.overHttp(`/api/chats/${it.chatId}/messages`, { content: 'Hello' }),
    socket: (it: HookedHost) => it.overSocket('message:send', { sessionId: it.chatId, content: 'Hello' }),
    host: (it: HookedHost) => fromHost(it.chat.messages.send(john, { chatId: it.chatId, content: 'Hello' })),
  },
  ReadMessages: {
    HTTP: (it: HookedHost) => it.overHttp(`/api/chats/${it.chatId}/messages`, undefined, 'get'),
    host: (it: HookedHost) => fromHost(it.chat.messages.list(john, { chatId: it.chatId })),
  },
  MarkRead: {
    HTTP: (it: HookedHost) => it.overHttp(`/api/chats/${it.chatId}/messages/${it.messageId}/read`),
    'HTTP, all': (it: HookedHost) => it.overHttp(`/api/chats/${it.chatId}/read`),
    socket: (it: HookedHost) => it.overSocket('message:read', { sessionId: it.chatId, messageId: it.messageId }),
    'socket, all': (it: HookedHost) => it.overSocket('chat:read', { sessionId: it.chatId }),
    host: ({ chat, chatId, messageId }: HookedHost) => fromHost(chat.messages.markRead(john, { chatId, messageId })),
  },
  StartChat: {
    HTTP: (it: HookedHost) => it.overHttp('/api/chats/start'),
    host: (it: HookedHost) => fromHost(it.chat.chats.start(john)),
  },
} satisfies Record<string, Record<string, Way>>;

export const everyWay = Object.entries(operations).flatMap(([point, doors]) =>
  Object.entries(doors as Record<string, Way>).map(([door, run]) => ({ point, door, run })),
);
