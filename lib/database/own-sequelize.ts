import pg from 'pg';
import { Sequelize, type Options, type QueryOptions, type Transaction } from 'sequelize';
import type { DatabaseConfig } from '../config/config.js';
import { quoteIdentifier } from './identifiers.js';

/** How much later than the server's own statement timeout the client gives up: the server should speak first. */
const clientTimeoutMarginMs = 500;

/** How long the module waits for the answer to one statement, in milliseconds. */
export function queryTimeoutOf({ statementTimeoutMs }: DatabaseConfig): number {
  return statementTimeoutMs + clientTimeoutMarginMs;
}

/** A Sequelize instance of the module's own: with a pool of its own, or with the host's. No I/O. */
export function createSequelize(config: DatabaseConfig): Sequelize {
  const sequelize = config.sequelize === undefined ? createPool(config) : createGuest(config.sequelize);
  // Sequelize quotes an identifier without the quotes that it has of its own.
  const { queryGenerator } = sequelize.getQueryInterface() as unknown as { queryGenerator: QueryGenerator };
  const { quoteIdentifier: quote } = queryGenerator;
  queryGenerator.quoteIdentifier = function (identifier, force) {
    return identifier === config.schema ? quoteIdentifier(identifier) : quote.call(this, identifier, force);
  };
  return sequelize;
}

interface QueryGenerator {
  quoteIdentifier(this: QueryGenerator, identifier: string, force?: boolean): string;
}

function createPool(config: DatabaseConfig): Sequelize {
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
      query_timeout: queryTimeoutOf(config),
      ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
    },
  };
  return new OwnSequelize(config.url, options);
}

/**
 * An instance of the module's own that takes its connections from the host's pool: the host's models, hooks, defaults for
 * models and ways to quote and to log are not ours, nor ours the host's.
 */
function createGuest(host: Sequelize): Sequelize {
  const guest = new OwnSequelize({ dialect: 'postgres', dialectModule: pg, logging: false });
  Object.assign(guest, { connectionManager: (host as unknown as { connectionManager: unknown }).connectionManager });
  return guest;
}

/**
 * A Sequelize instance that takes part in the transactions that it is handed, and in no others: a host that keeps its
 * current one in a namespace (`Sequelize.useCLS`) does so for every instance there is, and what the module announces
 * must not be undone with the host's work.
 */
class OwnSequelize extends Sequelize {
  /** Where models look for the namespace. */
  static readonly _cls = undefined;

  /** Statements look for it in `Sequelize` itself, unless they are told that there is no transaction. */
  override query(sql: string, options?: QueryOptions): Promise<never> {
    const transaction: Transaction | null = options?.transaction ?? null;
    return super.query(sql, { ...options, transaction }) as Promise<never>;
  }
}
