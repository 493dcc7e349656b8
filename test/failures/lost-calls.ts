import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io-client';
import type { ChatModule, PersonRef } from '../../lib/index.js';
import type { StartedChat } from '../../lib/wire.js';
import { photo, preUpload, sendFiles } from '../images/support.js';
import { ask } from '../support/ask.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import type { Answer } from '../support/http-client.js';
import { addCustomers, type FurtherCustomer } from '../support/more-customers.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, smith } = people;

/** One call, or several in one tick, on things of its own: made once, and again as a client's retry makes it. */
export interface LostCall {
  readonly calls: readonly (() => Promise<unknown>)[];
  /** What a retry finds, where the first was done all the same. */
  readonly already?: string;
  /** Of what is to be there once at last: how many there are. Not there for what changes nothing. */
  count?(): Promise<number>;
}

export type Prepare = () => Promise<LostCall>;

type Named<Door extends 'chats' | 'messages' | 'people'> = `${Door}.${Extract<keyof ChatModule[Door], string>}`;

/** The operations of the host's own door, the types' word for it that none is left out. */
export const hostOperations: Readonly<Record<Named<'chats'> | Named<'messages'> | Named<'people'>, true>> = {
  'chats.list': true,
  'chats.get': true,
  'chats.start': true,
  'chats.close': true,
  'chats.reopen': true,
  'messages.send': true,
  'messages.list': true,
  'messages.markRead': true,
  'people.disconnect': true,
};

/** What asks the database nothing. */
export const silent = [
  'people.disconnect',
  'GET /api/contracts/openapi.json',
  'GET /api/contracts/asyncapi.json',
  'GET /api/chat-images/*key',
  'PUT /api/chat-images/*key',
];

/** By what is called, and after a comma how. */
export async function lostCalls(host: ChatHost): Promise<Record<string, Prepare>> {
  const { chat, database } = host;
  const chatId = await startChat(host, john);
  const file = await photo();
  const imageId = (await sendFiles(host, john, chatId, [file])).body.images?.[0]?.id ?? 0;
  const ofSmith = await host.connect(smith);

  const countOf = async (sql: string, params: readonly unknown[]): Promise<number> =>
    Number((await database.query<{ count: string }>(`SELECT count(*) FROM chat.${sql}`, params))[0]?.count);
  const reading = (call: () => Promise<unknown>) => async () => ({ calls: [call] });

  /** A chat that this process has not heard of. */
  async function unknownChat(): Promise<{ chatId: number; customer: FurtherCustomer }> {
    const customer = await addCustomer(host);
    const [row] = await database.query<{ id: string }>(
      'INSERT INTO chat.chats (customer_id, dentist_id) VALUES ($1, $2) RETURNING id',
      [customer.id, smith.id],
    );
    return { chatId: Number(row?.id), customer };
  }

  /** Messages of one tick, each with an id of its client's. */
  function sending(sends: readonly ((clientMessageId: string) => Promise<unknown>)[]): LostCall {
    const ids = sends.map(() => randomUUID());
    return {
      calls: sends.map((send, n) => () => send(ids[n] ?? '')),
      count: () => countOf('messages WHERE client_message_id = ANY ($1)', [ids]),
    };
  }

  const started =
    (call: (customer: FurtherCustomer) => Promise<unknown>): Prepare =>
    async () => {
      const customer = await addCustomer(host);
      return {
        calls: [() => call(customer)],
        already: 'chat_already_exists',
        async count() {
          // Told once, also of a chat whose start was not known to have succeeded.
          const isTheirs = (chat: StartedChat): boolean => chat.customer.id === customer.id;
          await nextEvent(ofSmith, 'chat:new', isTheirs);
          await noEvent(ofSmith, 'chat:new', isTheirs);
          return countOf('chats WHERE customer_id = $1', [customer.id]);
        },
      };
    };

  const setStatus =
    (status: 'active' | 'closed', call: (chatId: number) => Promise<void>): Prepare =>
    async () => {
      const { chatId } = await unknownChat();
      if (status === 'active') await chat.chats.close(chatId);
      return {
        calls: [() => call(chatId)],
        count: () => countOf('chats WHERE id = $1 AND status = $2', [chatId, status]),
      };
    };

  const read =
    (reader: PersonRef, call: (chatId: number, messageId: number) => Promise<unknown>): Prepare =>
    async () => {
      const { chatId, customer } = await unknownChat();
      const [message] = await say(host, reader.type === 'dentist' ? customer : smith, chatId, 'Hello');
      const messageId = message?.id ?? 0;
      return {
        calls: [() => call(chatId, messageId)],
        async count() {
          // Told also where it was not known to be marked, and its retry found nothing to mark.
          const names = ({ messageIds }: { messageIds: number[] }): boolean => messageIds.includes(messageId);
          await nextEvent(ofSmith, 'message:read_receipt', names);
          return countOf('messages WHERE id = $1 AND read_at IS NOT NULL', [messageId]);
        },
      };
    };

  const inUnknownChat = (call: (chatId: number) => Promise<unknown>) => async () => {
    const { chatId } = await unknownChat();
    return { calls: [() => call(chatId)] };
  };

  const path = (chatId: number, rest: string): string => `/api/chats/${chatId}/${rest}`;
  const get = (path: string) => overHttp(host.as(john).request(path, { redirect: 'manual' }));
  const post = (path: string, body?: unknown) => overHttp(host.as(smith).post(path, body));

  return {
    'chats.list': reading(() => chat.chats.list(john)),
    'chats.list, of a dentist': reading(() => chat.chats.list(smith)),
    'chats.list, a page': reading(() => chat.chats.list(john, { limit: 2 })),
    "chats.list, a dentist's page": reading(() => chat.chats.list(smith, { limit: 2 })),
    'chats.get': reading(() => chat.chats.get(john, chatId)),
    'chats.start': started((customer) => chat.chats.start(customer)),
    'chats.start, again': reading(() => chat.chats.start(john).catch(expectExisting)),
    'chats.close': setStatus('closed', (id) => chat.chats.close(id)),
    'chats.reopen': setStatus('active', (id) => chat.chats.reopen(id)),
    'messages.list': reading(() => chat.messages.list(john, { chatId, limit: 2 })),
    'messages.list, forward': reading(() => chat.messages.list(john, { chatId, after: 1, limit: 2 })),
    'messages.markRead': read(smith, (chatId, messageId) => chat.messages.markRead(smith, { chatId, messageId })),
    'messages.send': async () =>
      sending([(clientMessageId) => chat.messages.send(john, { chatId, content: 'Hello', clientMessageId })]),
    'messages.send, again': async () => {
      const message = { chatId, content: 'Hello', clientMessageId: randomUUID() };
      await chat.messages.send(john, message);
      return { calls: [() => chat.messages.send(john, message)] };
    },
    'messages.send, with files': async () =>
      sending([(clientMessageId) => chat.messages.send(john, { chatId, files: [file], clientMessageId })]),
    'messages.send, with uploads': async () => {
      const imageKeys = [await preUpload(host, john, chatId, file)];
      return sending([(clientMessageId) => chat.messages.send(john, { chatId, imageKeys, clientMessageId })]);
    },
    'messages.send, several together': async () => {
      const other = await startChat(host, await addCustomer(host));
      const further = await startChat(host, await addCustomer(host));
      return sending(
        [other, chatId, further, chatId].map(
          (into) => (clientMessageId) => chat.messages.send(smith, { chatId: into, content: 'Hello', clientMessageId }),
        ),
      );
    },

    'GET /health': reading(() => get('/health')),
    'GET /api/chats': reading(() => get('/api/chats')),
    'GET /api/chats/:chatId': inUnknownChat((chatId) => overHttp(host.as(smith).get(`/api/chats/${chatId}`))),
    'GET /api/chats/:chatId/messages': reading(() => get(path(chatId, 'messages?limit=2'))),
    'GET /api/chats/:chatId/images/:imageId': reading(() => get(path(chatId, `images/${imageId}`))),
    'POST /api/chats/start': started((customer) => overHttp(host.as(customer).post('/api/chats/start'))),
    'POST /api/chats/:chatId/messages': async () =>
      sending([(clientMessageId) => post(path(chatId, 'messages'), { content: 'Hello', clientMessageId })]),
    'POST /api/chats/:chatId/messages/:messageId/read': read(smith, (chatId, messageId) =>
      post(path(chatId, `messages/${messageId}/read`)),
    ),
    'POST /api/chats/:chatId/read': read(smith, (chatId) => post(path(chatId, 'read'), {})),
    // Asked again, it offers another upload: the first is never used, and goes with the sweep.
    'POST /api/chats/:chatId/uploads': async () => ({
      calls: [() => post(path(chatId, 'uploads'), { images: [{ contentType: 'image/png', bytes: 100 }] })],
    }),

    'message:send': async () => {
      const { chatId: sessionId } = await unknownChat();
      return sending([
        (clientMessageId) => overSocket(ofSmith, 'message:send', { sessionId, content: 'Hello', clientMessageId }),
      ]);
    },
    'message:read': read(smith, (sessionId, messageId) =>
      overSocket(ofSmith, 'message:read', { sessionId, messageId }),
    ),
    'chat:read': read(smith, (sessionId) => overSocket(ofSmith, 'chat:read', { sessionId })),
    'typing:start': inUnknownChat((sessionId) => overSocket(ofSmith, 'typing:start', { sessionId })),
    'typing:stop': inUnknownChat((sessionId) => overSocket(ofSmith, 'typing:stop', { sessionId })),
    'auth:refresh': reading(() => overSocket(ofSmith, 'auth:refresh', { token: host.tokenOf(smith) })),

    'a connection, of a customer': async () => {
      const customer = await addCustomer(host);
      return { calls: [() => connecting(host, customer)] };
    },
    'a connection, of a dentist': async () => {
      const token = await addDentist(host);
      return { calls: [() => connecting(host, { token })] };
    },
  };
}

function expectExisting(error: { code?: string }): void {
  if (error.code !== 'chat_already_exists') throw error as Error;
}

async function addCustomer(host: ChatHost): Promise<FurtherCustomer> {
  const [customer] = await addCustomers(host, 1);
  if (customer === undefined) throw new Error('no customer was added');
  return customer;
}

let lastDentist = 1_000;

/** Gives the token of a new dentist. */
async function addDentist(host: ChatHost): Promise<string> {
  const id = (lastDentist += 1);
  await host.database.query(`INSERT INTO dentists VALUES ($1, 'A dentist', NULL, $1)`, [id]);
  return host.tokens.djangoAccess(id);
}

/** What a caller sees of a call that failed, by whichever door. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string | undefined) {
    super(`refused: ${code}`);
    this.code = code ?? 'none';
  }
}

async function overHttp(asked: Promise<Answer<unknown>>): Promise<void> {
  const { status, body } = await asked;
  if (status < 400) return;
  const { error, status: health } = body as { error?: { code: string }; status?: string };
  throw new Refused(health === 'unavailable' ? 'database_unavailable' : error?.code);
}

async function overSocket(socket: Socket, event: string, input: object): Promise<void> {
  const ack = await ask<{ ok: boolean; error?: { code: string } }>(socket, event, input);
  if (!ack.ok) throw new Refused(ack.error?.code);
}

/** Refused at the handshake, or cut off at the greeting: then its client comes again by itself. */
async function connecting(host: ChatHost, caller: Parameters<ChatHost['connect']>[0]): Promise<void> {
  await host.connect(caller).catch((error: Error & { data?: { code?: string } }) => {
    throw new Refused(error.data?.code ?? (/transport close/.test(error.message) ? 'database_unavailable' : undefined));
  });
}
