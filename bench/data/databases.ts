import pg from 'pg';
import { createChatModule, django, sqlDirectory } from '../../lib/index.js';
import type { Dataset } from './dataset.js';
import { seedDatabase, type Progress } from './seed-database.js';

/** Makes a database on the server with the module's schema and a host's tables of people, and fills it. */
export async function createDatabase(
  serverUrl: string,
  name: string,
  dataset: Dataset,
  progress?: Progress,
): Promise<string> {
  await run(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  await run(
    url.href,
    `CREATE TABLE dentists (id bigint PRIMARY KEY, name text NOT NULL, email text);
     CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, email text, dentist_id bigint)`,
  );
  await seedDatabase(url.href, dataset, progress);
  return url.href;
}

/** The module's own migrations: every yardstick works on the same tables and pays for the same indexes. */
async function migrate(url: string): Promise<void> {
  const issuers = [django({ secret: 'x'.repeat(32), actor: () => null })];
  const directory = sqlDirectory({ customers: { table: 'customers' }, dentists: { table: 'dentists' } });
  await createChatModule({ database: { url }, auth: { issuers }, directory }).migrate();
}

export async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
