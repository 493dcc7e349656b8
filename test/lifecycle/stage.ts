import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'socket.io-client';
import { cognito, createChatModule, django, sqlDirectory } from '../../lib/index.js';
import type { ChatModule, ChatModuleOptions } from '../../lib/index.js';
import { hostTables, makeHostTables } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { httpClient } from '../support/http-client.js';
import type { HttpClient } from '../support/http-client.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';
import { recordingLogger } from '../support/recording-logger.js';
import { connectSocket } from '../support/socket-client.js';
import type { ClientOptions } from '../support/socket-client.js';
import { startTestTokens } from '../support/tokens.js';
import type { TestTokens } from '../support/tokens.js';

/** What the tests of a file share, so that each can build a host of its own shape: a database, people and their tokens. */
export interface Stage {
  readonly database: TestDatabase;
  readonly tokens: TestTokens;
  /** What the modules made since the last {@link clear} have logged. */
  readonly log: ReturnType<typeof recordingLogger>;
  /** Options of a module on this database, in a schema that nobody else uses unless one is given. */
  options(changes?: Partial<ChatModuleOptions>): ChatModuleOptions;
  /** A module of such options, closed by {@link clear}. */
  createModule(changes?: Partial<ChatModuleOptions>): ChatModule;
  /** Listens on loopback until {@link clear}. Returns `http://127.0.0.1:port`. */
  listen(server: Server): Promise<string>;
  tokenOf(person: SeededPerson): string;
  as(person: SeededPerson | null, url: string): HttpClient;
  /** A socket past `connected`; it goes with {@link clear}. */
  connect(person: SeededPerson, url: string, options?: ClientOptions): Promise<Socket>;
  /** Runs at the next {@link clear}, last come first. */
  atEnd(undo: () => unknown): void;
  /** Ends what one test has made. */
  clear(): Promise<void>;
  /** Ends what the file has shared. */
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const tokens = await startTestTokens();
  const database = await createTestDatabase();
  await makeHostTables(database);
  let schemas = 0;
  let log = recordingLogger();
  let undo: (() => unknown)[] = [];

  const tokenOf = ({ type, login }: SeededPerson): string =>
    type === 'customer' ? tokens.cognitoAccess(login) : tokens.djangoAccess(Number(login));
  const options = (changes: Partial<ChatModuleOptions> = {}): ChatModuleOptions => ({
    auth: { issuers: [cognito(tokens.cognito), django(tokens.django)] },
    directory: sqlDirectory(hostTables),
    logger: log,
    ...changes,
    database: { url: database.url, schema: `chat_${(schemas += 1)}`, ...changes.database },
  });

  return {
    database,
    tokens,
    get log() {
      return log;
    },
    options,
    createModule(changes) {
      const chat = createChatModule(options(changes));
      undo.push(() => chat.close());
      return chat;
    },
    async listen(server) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      undo.push(() => closeServer(server));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    tokenOf,
    as: (person, url) => httpClient(url, person === null ? undefined : tokenOf(person)),
    async connect(person, url, clientOptions) {
      const socket = await connectSocket(url, tokenOf(person), clientOptions);
      undo.push(() => socket.disconnect());
      return socket;
    },
    atEnd: (step) => void undo.push(step),
    async clear() {
      for (const step of undo.reverse()) await step();
      undo = [];
      log = recordingLogger();
    },
    async close() {
      await database.drop();
      await tokens.close();
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
