import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Socket } from 'socket.io-client';
import { cognito, createChatModule, diskImageStore, django, sqlDirectory } from '../../lib/index.js';
import type { ChatModule, ChatModuleOptions } from '../../lib/index.js';
import type { PersonRef } from '../../lib/auth/actor.js';
import { hostTables, makeHostTables, people } from './host-tables.js';
import { httpClient } from './http-client.js';
import type { HttpClient } from './http-client.js';
import { createTestDatabase } from './postgres.js';
import type { TestDatabase } from './postgres.js';
import { recordingLogger } from './recording-logger.js';
import { makeFolder } from './run-folder.js';
import { connectSocket } from './socket-client.js';
import type { ClientOptions } from './socket-client.js';
import { startTestTokens } from './tokens.js';
import type { TestTokens } from './tokens.js';

/** One of the seeded people, a token of the test's own making, or nobody. */
export type Caller = PersonRef | { readonly token: string } | null;

/** A Koa host of the test's own, with the module mounted and listening on loopback. */
export interface ChatHost {
  readonly chat: ChatModule;
  readonly app: Koa;
  readonly server: Server;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly database: TestDatabase;
  readonly databaseUrl: string;
  readonly tokens: TestTokens;
  /** What the module logged. */
  readonly log: ReturnType<typeof recordingLogger>;
  /** The caller's good token. */
  tokenOf(caller: Caller): string | undefined;
  as(caller: Caller): HttpClient;
  /** A socket that is past `connected`; it goes with the host. */
  connect(caller: Caller, options?: ClientOptions): Promise<Socket>;
  close(): Promise<void>;
}

/** What of the host itself a test wants to be different. */
export interface Surroundings {
  /** Shared with another host, as two processes of one service share it: not made, and not dropped. */
  readonly database?: TestDatabase;
  readonly tokens?: TestTokens;
  /** What the host does before it mounts the module: a body parser, a Socket.IO of its own. */
  readonly prepare?: (app: Koa, server: Server) => void | Promise<void>;
}

/** Options replace the defaults one by one, within their sections too: `{ realtime: { path: '/chat' } }`. */
export async function startChatHost(
  options: Partial<ChatModuleOptions> = {},
  surroundings: Surroundings = {},
): Promise<ChatHost> {
  const undo: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(options, surroundings, undo, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: Partial<ChatModuleOptions>,
  surroundings: Surroundings,
  undo: (() => unknown)[],
  close: () => Promise<void>,
): Promise<ChatHost> {
  const tokens = surroundings.tokens ?? (await startTestTokens());
  if (surroundings.tokens === undefined) undo.push(() => tokens.close());
  const database = surroundings.database ?? (await createTestDatabase());
  if (surroundings.database === undefined) {
    undo.push(() => database.drop());
    await makeHostTables(database);
  }
  const app = new Koa();
  // Composed at the first request, so that `prepare` may add to the app and to the server in whatever order.
  let handle: ReturnType<Koa['callback']> | undefined;
  const server = createServer((request, response) => {
    handle ??= app.callback();
    void handle(request, response);
  });
  undo.push(() => closeServer(server));
  await surroundings.prepare?.(app, server);

  const log = recordingLogger();
  const chat = createChatModule({
    directory: sqlDirectory(hostTables),
    logger: log,
    ...options,
    database: options.database?.sequelize === undefined ? { url: database.url, ...options.database } : options.database,
    auth: { issuers: [cognito(tokens.cognito), django(tokens.django)], ...options.auth },
    images: { store: diskImageStore({ dir: await makeFolder('images') }), ...options.images },
  });
  undo.push(() => chat.close());
  await chat.mount(app, server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokenOf = (caller: Caller): string | undefined => tokenFor(tokens, caller);
  return {
    ...{ chat, app, server, url, database, databaseUrl: database.url, tokens, log, tokenOf, close },
    as: (caller) => httpClient(url, tokenOf(caller)),
    connect: async (caller, clientOptions = {}) => {
      const path = options.realtime?.path;
      const own = path === undefined ? {} : { path };
      const socket = await connectSocket(url, tokenOf(caller), { ...own, ...clientOptions });
      undo.push(() => socket.disconnect());
      return socket;
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function tokenFor(tokens: TestTokens, caller: Caller): string | undefined {
  if (caller === null) return undefined;
  if ('token' in caller) return caller.token;
  const person = Object.values(people).find(({ type, id }) => type === caller.type && id === caller.id);
  if (person === undefined) throw new Error(`${caller.type} ${caller.id} is not among the seeded people`);
  return person.type === 'customer' ? tokens.cognitoAccess(person.login) : tokens.djangoAccess(Number(person.login));
}
