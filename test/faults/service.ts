import type { PersonRef } from '../../lib/index.js';
import { startRedis, type RedisServer } from '../realtime/redis-server.js';
import { makeHostTables, people, type SeededPerson } from '../support/host-tables.js';
import { makeFolder, removeRunFolder } from '../support/run-folder.js';
import { startTestTokens, type TestTokens } from '../support/tokens.js';
import { startDatabaseServer, type DatabaseServer } from './database-server.js';
import { startObjectServer, type ObjectServer } from './object-server.js';
import { createServiceProcess, type ServiceProcess } from './processes.js';

/** Of each process: connections to the database. */
export const poolSize = 8;

/** What carries events from process to process. */
export type Carrier = 'postgres' | 'redis';

/**
 * The whole service under test: two processes on one database, an image store, the issuers of tokens, and five people in
 * three chats.
 */
export interface Service {
  readonly processes: readonly [ServiceProcess, ServiceProcess];
  readonly database: DatabaseServer;
  readonly redis: RedisServer | undefined;
  readonly objects: ObjectServer;
  readonly tokens: TestTokens;
  readonly chats: readonly ServedChat[];
  /** A token of a person, signed with the issuer's present key. */
  tokenOf(person: PersonRef): string;
  /** The newest message of each chat that has one. */
  newestMessages(): Promise<Map<number, number>>;
  /** What should not have happened to the processes. */
  readonly incidents: string[];
  stop(): Promise<void>;
}

export interface ServedChat {
  readonly id: number;
  readonly customer: SeededPerson;
  readonly dentist: SeededPerson;
}

export async function startService(carrier: Carrier): Promise<Service> {
  const redis = carrier === 'redis' ? await startRedis() : undefined;
  if (carrier === 'redis' && redis === undefined) throw new Error('redis-server is missing (Debian: redis-server)');
  const tokens = await startTestTokens();
  const objects = await startObjectServer();
  const database = await startDatabaseServer(await makeFolder('postgres'));
  await makeHostTables(database);
  const incidents: string[] = [];
  const settings = {
    databaseUrl: database.url,
    poolSize,
    cognito: tokens.cognito,
    django: tokens.django,
    objectsUrl: objects.url,
    redisSocket: redis?.socket,
  };
  const processes = await Promise.all([
    createServiceProcess(settings, (what) => incidents.push(what)),
    createServiceProcess(settings, (what) => incidents.push(what)),
  ]);
  // Both at once, on an empty database.
  await Promise.all(processes.map((process) => process.start()));

  // A follower of a whole chat asks for what came after 1.
  await database.query('ALTER SEQUENCE chat.message_ids RESTART WITH 2');

  const tokenOf = createTokenBook(tokens);
  const start = async (customer: SeededPerson, dentist: SeededPerson): Promise<ServedChat> => {
    const response = await fetch(`${processes[0].url}/api/chats/start`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokenOf(customer)}` },
    });
    const { id } = (await response.json()) as { id: number };
    return { id, customer, dentist };
  };

  return {
    processes,
    database,
    redis,
    objects,
    tokens,
    incidents,
    tokenOf,
    async newestMessages() {
      const rows = await database.query<{ chatId: number; id: number }>(
        'SELECT chat_id::int AS "chatId", max(id)::int AS id FROM chat.messages GROUP BY chat_id',
      );
      return new Map(rows.map(({ chatId, id }) => [chatId, id]));
    },
    chats: [
      await start(people.john, people.smith),
      await start(people.mary, people.smith),
      await start(people.nia, people.lind),
    ],
    async stop() {
      await Promise.all(processes.map((process) => process.stop()));
      await database.stop();
      await redis?.stop();
      await objects.close();
      await tokens.close();
      await removeRunFolder();
    },
  };
}

/** Signs for each person once, and once more when the issuer has another key. */
function createTokenBook(tokens: TestTokens): Service['tokenOf'] {
  const book = new Map<string, string>();
  return ({ type, id }) => {
    const key = `${type} ${id} ${tokens.jwks.current.kid}`;
    const known = book.get(key);
    if (known !== undefined) return known;
    const person = Object.values(people).find((one) => one.type === type && one.id === id);
    if (person === undefined) throw new Error(`nobody is ${type} ${id}`);
    const token = type === 'customer' ? tokens.cognitoAccess(person.login) : tokens.djangoAccess(Number(person.login));
    book.set(key, token);
    return token;
  };
}
