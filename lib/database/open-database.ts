import type pg from 'pg';
import type { DatabaseConfig } from '../config/config.js';
import { chatError } from '../errors.js';
import { breaksConnection, isConnectionError, toDatabaseError, withDatabaseErrors } from './database-errors.js';
import { createClientLine, type ClientPool } from './client-line.js';
import type { Database, Transaction } from './database.js';
import { quoteIdentifier } from './identifiers.js';
import { createSequelize, queryTimeoutOf } from './own-sequelize.js';
import { discard, type PooledClient } from './pooled-client.js';
import { runPrepared } from './prepared-query.js';
import { inTransaction, queryOf, runUnderSettings } from './session-settings.js';
import type { Statement } from './statement.js';
import { resultWithinMs } from '../within.js';

/** The part of Sequelize's connection manager that hot paths go through: its pool, without its query layer. */
interface ConnectionManager extends ClientPool {
  /** Opens a connection beside the pool, as the pool opens its own: the host's `beforeConnect` hooks run too. */
  _connect(config: object): Promise<PooledClient>;
  readonly config: ClientPool['config'] & { readonly replication?: { readonly write: object } | false };
}

/** Far above any migration: pg takes no "never" for one query of a pool that has a default. */
const noTimeoutMs = 2_147_483_647;

/** What a statement gets at least, after the longest wait for a connection. */
const minTimeoutMs = 500;

/**
 * The module's database: its own pool, or the host's Sequelize. Hot statements run on `pg` clients checked out of
 * Sequelize's pool (one pool for both), prepared once a connection; models serve the rest.
 */
export function openDatabase(config: DatabaseConfig): Database {
  const sequelize = createSequelize(config);
  const connections = (sequelize as unknown as { connectionManager: ConnectionManager }).connectionManager;
  const line = createClientLine(connections, config);
  const queryTimeoutMs = queryTimeoutOf(config);
  let closed: Promise<void> | undefined;

  async function run<Row>(
    client: PooledClient,
    statement: Statement<Row>,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<Row[]> {
    try {
      return await runPrepared(client, statement, values, timeoutMs);
    } catch (error) {
      line.failed(error);
      // At once: whatever is said on it now, a ROLLBACK too, would wait in vain.
      if (breaksConnection(error)) discard(client, error);
      throw error;
    }
  }

  /** An answer is due when it is due, however long a connection was waited for; to a tenth of a second. */
  function timeLeft(since: number): number {
    const waitedMs = performance.now() - since;
    // Timers of one length are cheap, and of many they are not.
    return Math.max(minTimeoutMs, queryTimeoutMs - Math.floor(waitedMs / 100) * 100);
  }

  /** A pool gives the failure of an attempt to whoever waits then, and the attempt may be from an outage now over. */
  function retryConnection(error: unknown, since: number): Promise<PooledClient> {
    const isEarly = performance.now() - since < config.acquireTimeoutMs / 4;
    if (!(isConnectionError(error) && isEarly)) throw error;
    return line.acquire(since);
  }

  /** Gives work a connection of the pool. One that broke meanwhile is not handed out again. */
  async function withClient<T>(work: (client: PooledClient, timeoutMs: number) => Promise<T>): Promise<T> {
    requireOpen();
    const since = performance.now();
    try {
      let client: PooledClient;
      try {
        client = await line.acquire(since);
      } catch (error) {
        client = await retryConnection(error, since);
      }
      try {
        return await work(client, timeLeft(since));
      } catch (error) {
        if (breaksConnection(error)) discard(client, error);
        throw error;
      } finally {
        line.release(client);
      }
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  function query<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    return withClient((client, timeoutMs) =>
      runUnderSettings(client, timeoutMs, () => run(client, statement, values, timeoutMs)),
    );
  }

  function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return withClient((client, timeoutMs) =>
      inTransaction(client, timeoutMs, () =>
        work({
          query: (statement, values) => run(client, statement, values, timeoutMs),
          execute: async (text) => void (await client.query(queryOf(text, noTimeoutMs))),
        }),
      ),
    );
  }

  async function runModel<T>(work: () => Promise<T>): Promise<T> {
    requireOpen();
    const tooLate = (): Error => new Error('timeout expired');
    return withDatabaseErrors(() => resultWithinMs(queryTimeoutMs, work(), tooLate));
  }

  /** The host's pool would go on: what is still asked in the background, for minutes even, ends with the module. */
  function requireOpen(): void {
    if (closed !== undefined) throw chatError('database_unavailable', { cause: new Error('the module has closed') });
  }

  async function connect(): Promise<pg.Client> {
    const settings = connections.config.replication || undefined;
    const connecting = connections._connect(settings?.write ?? connections.config);
    const client = await withDatabaseErrors(() => within(config.acquireTimeoutMs, connecting, discard));
    // The pool's, which this connection is none of.
    client.removeAllListeners('error');
    // Until the caller has a listener: an error without one would end the process.
    client.on('error', () => undefined);
    return client;
  }

  return {
    sequelize,
    schema: config.schema,
    table: (name) => `${quoteIdentifier(config.schema)}.${quoteIdentifier(name)}`,
    query,
    transaction,
    runModel,
    connect,
    close: () => (closed ??= config.sequelize === undefined ? sequelize.close() : Promise.resolve()),
  };
}

/** What comes too late is given to `refuse`. */
async function within<T>(timeoutMs: number, work: Promise<T>, refuse: (late: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error('timeout expired'));
    }, timeoutMs);
  });
  work.then(
    (late) => isLate && refuse(late),
    () => undefined,
  );
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
