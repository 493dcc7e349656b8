import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import type { Statement } from './statement.js';

/** Where a statement can run: on any free connection, or inside a transaction. */
export interface Queryable {
  /**
   * Runs one prepared statement. `bigint` columns come as numbers, `timestamptz` as ISO 8601 UTC strings with
   * milliseconds, arrays of both likewise. Rejects with `database_unavailable` when the database cannot be reached in time.
   */
  query<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends Queryable {
  /** SQL of one or more statements, none of which gives rows, without a time limit. */
  execute(sql: string): Promise<void>;
}

/** The module's place in PostgreSQL: one pool, one schema. */
export interface Database extends Queryable {
  /** An instance of the module's own, over the host's connections where it handed in a pool. */
  readonly sequelize: Sequelize;
  /** The schema, as configured. */
  readonly schema: string;
  /** `"chat"."messages"`, quoted for a statement's text. */
  table(name: string): string;
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs what a model does, outside of any transaction. Rejects with `database_unavailable` where it is not done in the
   * time of a statement; it may be done all the same.
   */
  runModel<T>(work: () => Promise<T>): Promise<T>;
  /**
   * A connection of the caller's own beside the pool, with its settings, for what needs a session (LISTEN). The caller
   * listens to its `error` and ends it. Rejects with `database_unavailable`.
   */
  connect(): Promise<pg.Client>;
  /** Ends the pool where it is the module's own. Statements reject with `database_unavailable` from now on. */
  close(): Promise<void>;
}
