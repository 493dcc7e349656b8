import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../host-example/embedded-postgres/start.js';
import type { EmbeddedPostgres } from '../../host-example/embedded-postgres/start.js';
import { makeFolder } from './run-folder.js';

/** A database of one test's own. */
export interface TestDatabase {
  readonly url: string;
  /** One statement, on a connection of the test's own. */
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Ends whatever is still connected, and the database. */
  drop(): Promise<void>;
}

let embedded: Promise<EmbeddedPostgres> | undefined;

/**
 * The url of the run's PostgreSQL server: `TEST_DATABASE_URL`, or an embedded server that starts with the first test that
 * needs one. Its user may create databases. PostgreSQL 15 or newer.
 */
export async function testServerUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  embedded ??= makeFolder('postgres').then((dataDir) => startEmbeddedPostgres({ dataDir, fsync: false }));
  return (await embedded).url;
}

export async function stopTestServer(): Promise<void> {
  await (await embedded)?.stop();
  embedded = undefined;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await testServerUrl();
  const name = `koa_chat_test_${randomBytes(6).toString('hex')}`;
  // The files of the template as they are: several times faster than the default way, which writes them through the log.
  await runOnce(serverUrl, `CREATE DATABASE ${name} STRATEGY FILE_COPY`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2, allowExitOnIdle: true });
  // A test may end the server's connections; a pool without this would end the run with them.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    query: async <Row>(sql: string, params: readonly unknown[] = []) =>
      (await pool.query(sql, [...params])).rows as Row[],
    drop: async () => {
      await pool.end();
      await runOnce(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
