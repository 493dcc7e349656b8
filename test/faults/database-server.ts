import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isRunning } from '../../host-example/embedded-postgres/process-table.js';
import { startEmbeddedPostgres } from '../../host-example/embedded-postgres/start.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** A PostgreSQL that can crash, behind a network that can fail. */
export interface DatabaseServer {
  /** Through the proxy; the same over all restarts. */
  readonly url: string;
  readonly proxy: TcpProxy;
  /** One statement of the tests' own, past the proxy. */
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** A session of the tests' own, past the proxy. */
  connect(): Promise<pg.Client>;
  /** Stops it as `pg_ctl -m immediate` does: no goodbye, and the next start recovers from the log. */
  crash(): Promise<void>;
  /** Resolves once it takes connections again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** `dataDir` is an empty folder. What was committed survives a crash: fsync is on. */
export async function startDatabaseServer(dataDir: string): Promise<DatabaseServer> {
  let server = await startEmbeddedPostgres({ dataDir });
  const proxy = await startTcpProxy(portOf(server.url));

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client(server.url);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  return {
    url: proxy.through(server.url),
    proxy,
    connect,
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      const client = await connect();
      try {
        return (await client.query(sql, [...params])).rows as Row[];
      } finally {
        await client.end();
      }
    },
    async crash() {
      const pidFile = await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8');
      const pid = Number(pidFile.split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      while (await isRunning(pid)) await delay(20);
    },
    async restart() {
      server = await startEmbeddedPostgres({ dataDir });
      proxy.target = portOf(server.url);
    },
    async stop() {
      await server.stop();
      await proxy.close();
    },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
