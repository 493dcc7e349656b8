import { rm } from 'node:fs/promises';
import type { PersonRef } from '../../lib/index.js';
import { makeHostTables, people, type SeededPerson } from '../support/host-tables.js';
import { makeFolder, removeRunFolder } from '../support/run-folder.js';
import { startTestTokens, type TestTokens } from '../support/tokens.js';
import { startDatabaseServer, type DatabaseServer } from './database-server.js';
import { createServiceProcess, type ServiceProcess } from './processes.js';

/** The whole service under test: two processes on one database, the issuers of tokens, and four people in three chats. */
export interface Service {
  readonly processes: readonly [ServiceProcess, ServiceProcess];
  readonly database: DatabaseServer;
  readonly tokens: TestTokens;
  readonly chats: readonly ServedChat[];
  /** A new token of a person. */
  tokenOf(person: PersonRef): string;
  /** What should not have happened to the processes. */
  readonly incidents: string[];
  stop(): Promise<void>;
}

export interface ServedChat {
  readonly id: number;
  readonly customer: SeededPerson;
  readonly dentist: SeededPerson;
}

export async function startService(): Promise<Service> {
  const tokens = await startTestTokens();
  const database = await startDatabaseServer(await makeFolder('postgres'));
  await makeHostTables(database);
  const imagesDir = await makeFolder('images');
  const incidents: string[] = [];
  const settings = { databaseUrl: database.url, cognito: tokens.cognito, django: tokens.django, imagesDir };
  const processes = await Promise.all([
    createServiceProcess(settings, (what) => incidents.push(what)),
    createServiceProcess(settings, (what) => incidents.push(what)),
  ]);
  // Both at once, on an empty database.
  await Promise.all(processes.map((process) => process.start()));

  // A follower of a whole chat asks for what came after 1.
  await database.query('ALTER SEQUENCE chat.message_ids RESTART WITH 2');

  const tokenOf = ({ type, id }: PersonRef): string => {
    const person = Object.values(people).find((one) => one.type === type && one.id === id);
    if (person === undefined) throw new Error(`nobody is ${type} ${id}`);
    return type === 'customer' ? tokens.cognitoAccess(person.login) : tokens.djangoAccess(Number(person.login));
  };
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
    tokens,
    incidents,
    tokenOf,
    chats: [
      await start(people.john, people.smith),
      await start(people.mary, people.smith),
      await start(people.nia, people.lind),
    ],
    async stop() {
      await Promise.all(processes.map((process) => process.kill()));
      await database.stop();
      await tokens.close();
      await rm(imagesDir, { recursive: true, force: true });
      await removeRunFolder();
    },
  };
}
