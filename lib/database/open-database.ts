import pg from 'pg';
import { Sequelize, type Options, Transaction as SequelizeTransaction } from 'sequelize';
import type { DatabaseConfig } from '../config/config.js';
import { columnTypes } from './column-types.js';
import { breaksConnection, toDatabaseError, withDatabaseErrors } from './database-errors.js';
import type { Database, Transaction } from './database.js';
import { runReadCommitted } from './read-committed.js';
import type { Statement } from './statement.js';

/** The part of Sequelize's connection manager that hot paths go through: its pool, without its query layer. */
interface ConnectionManager {
  getConnection(options: { type: 'read' | 'write' }): Promise<PooledClient>;
  releaseConnection(client: PooledClient): void;
  /** Opens a connection beside the pool, as the pool opens its own: the host's `beforeConnect` hooks run too. */
  _connect(config: object): Promise<PooledClient>;
  readonly config: { readonly replication?: { readonly write: object } | false };
}

interface Connected {
  connectionManager: ConnectionManager;
}

type PooledClient = pg.Client & {
  /** Sequelize drops a pooled client marked so instead of handing it out again. */
  _invalid?: boolean;
  readonly connection?: { readonly stream?: { destroy(): void } };
};

/** How much later than the server's own statement timeout the client gives up: the server should speak first. */
const clientTimeoutMarginMs = 500;

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The module's database: its own pool, or the host's Sequelize. Hot statements run on `pg` clients checked out of
 * Sequelize's pool (one pool for both), prepared once a connection; models serve the rest.
 */
export function openDatabase(config: DatabaseConfig): Database {
  const sequelize = config.sequelize === undefined ? createSequelize(config) : createGuest(config.sequelize);
  const connections = (sequelize as unknown as Connected).connectionManager;
  const queryTimeoutMs = config.statementTimeoutMs + clientTimeoutMarginMs;
  let closed: Promise<void> | undefined;

  async function run<Row>(client: PooledClient, statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    const { name, text } = statement;
    // query_timeout is pg's, a query's own; its types leave it out.
    const query = { name, text, values: values as unknown[], types: columnTypes, query_timeout: queryTimeoutMs };
    const result = await client.query<Row & pg.QueryResultRow>(query);
    return result.rows;
  }

  async function query<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    try {
      const client = await connections.getConnection({ type: 'write' });
      try {
        return await runReadCommitted(client, queryTimeoutMs, () => run(client, statement, values));
      } catch (error) {
        if (breaksConnection(error)) discard(client);
        throw error;
      } finally {
        connections.releaseConnection(client);
      }
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    // The order of ids rests on what READ COMMITTED sees after a lock, whatever the database's default is.
    const isolationLevel = SequelizeTransaction.ISOLATION_LEVELS.READ_COMMITTED;
    return withDatabaseErrors(() =>
      sequelize.transaction({ isolationLevel }, async (inner) => {
        const { connection: client } = inner as SequelizeTransaction & { connection: PooledClient };
        return work({ sequelize: inner, query: (statement, values) => run(client, statement, values) });
      }),
    );
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

/** Ends the link at once: a server that hangs would not answer a goodbye either. */
function discard(client: PooledClient): void {
  client._invalid = true;
  client.connection?.stream?.destroy();
}

/**
 * An instance of the module's own that takes its connections from the host's pool: the host's models, hooks, defaults for
 * models and ways to quote and to log are not ours, nor ours the host's.
 */
function createGuest(host: Sequelize): Sequelize {
  const guest = new Sequelize({ dialect: 'postgres', dialectModule: pg, logging: false });
  (guest as unknown as Connected).connectionManager = (host as unknown as Connected).connectionManager;
  return guest;
}

function createSequelize(config: DatabaseConfig): Sequelize {
  if (config.url === undefined) throw new TypeError('database.url is missing'); // the config parser lets none pass
  const options: Options & { databaseVersion: string } = {
    dialect: 'postgres',
    dialectModule: pg,
    // Known, so that no connection is opened just to ask for it. Nothing here depends on it.
    databaseVersion: '14.0.0',
    logging: false,
    pool: { max: config.poolSize, min: 0, idle: 30_000, acquire: config.acquireTimeoutMs },
    dialectOptions: {
      application_name: 'koa-chat-module',
      keepAlive: true,
      connectionTimeoutMillis: config.acquireTimeoutMs,
      statement_timeout: config.statementTimeoutMs,
      query_timeout: config.statementTimeoutMs + clientTimeoutMarginMs,
      ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
    },
  };
  return new Sequelize(config.url, options);
}
