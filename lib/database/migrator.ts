import { createHash } from 'node:crypto';
import pg from 'pg';
import { MigrationError, Umzug } from 'umzug';
import { ChatSetupError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Migration, Plugin } from '../plugins/plugin.js';
import type { Database, Queryable, Transaction } from './database.js';
import { readMigrations } from './migration-files.js';
import { quoteIdentifier } from './identifiers.js';
import { reasonOf } from '../setup-failure.js';
import { statement } from './statement.js';

export interface Migrator {
  /**
   * Brings the schema up to date, in one transaction under an advisory lock: of ten processes that start at once, one
   * works and nine wait, and a failed step leaves nothing behind. Returns the names of the steps it ran.
   * @throws ChatSetupError when the schema is newer than this version of the module knows, a step fails, or the database
   * is not in UTF8.
   */
  migrate(): Promise<string[]>;
  /** @throws ChatSetupError when steps are missing, the schema is newer than this version knows, or it is not in UTF8. */
  requireCurrent(): Promise<void>;
}

export function createMigrator(database: Database, plugins: readonly Plugin[], logger: Logger): Migrator {
  const schema = quoteIdentifier(database.schema);
  const journal = database.table('migrations');
  const readApplied = statement<{ name: string }>(`SELECT name FROM ${journal} ORDER BY name`);
  const record = statement(`INSERT INTO ${journal} (name) VALUES ($1)`);
  const readEncoding = statement<{ encoding: string }>('SELECT getdatabaseencoding() AS encoding');
  const exists = statement<{ schema: boolean; journal: boolean }>(
    'SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS journal',
  );

  async function steps(): Promise<Migration[]> {
    const ofPlugins = plugins.flatMap(({ name: plugin, migrations = [] }) =>
      [...migrations]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, sql }) => ({ name: `${plugin}/${name}`, sql })),
    );
    return [...(await readMigrations()), ...ofPlugins];
  }

  /** A plugin's steps (`audit/0001-log`) may outlive the plugin; the module's own may not be ahead of the module. */
  function requireKnown(applied: readonly string[], known: readonly Migration[]): void {
    const names = new Set(known.map(({ name }) => name));
    const newer = applied.filter((name) => !name.includes('/') && !names.has(name));
    if (newer.length === 0) return;
    throw new ChatSetupError(`The schema ${schema} is newer than this version of koa-chat-module`, [
      `it has ${newer.join(', ')}: run a version that knows them`,
    ]);
  }

  /** Every text that is accepted must come back as it was, byte for byte. */
  async function requireUtf8(queryable: Queryable): Promise<void> {
    const [row] = await queryable.query(readEncoding, []);
    if (row?.encoding === 'UTF8') return;
    throw new ChatSetupError('The database cannot keep every text', [
      `database: its encoding is ${row?.encoding} and must be UTF8: make it with CREATE DATABASE ... ENCODING 'UTF8'`,
    ]);
  }

  /** The journal's names. What a role may not make is asked for only where it is not there already. */
  async function prepare(tx: Transaction): Promise<string[]> {
    await tx.execute(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0`);
    await tx.execute(`SELECT pg_advisory_xact_lock(${lockKey(database.schema)})`);
    const [found] = await tx.query(exists, [schema, journal]);
    if (!found?.schema) await tx.execute(`CREATE SCHEMA ${schema}`);
    if (!found?.journal) {
      await tx.execute(
        `CREATE TABLE ${journal} (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
      );
    }
    return (await tx.query(readApplied, [])).map(({ name }) => name);
  }

  /** Each step finds the module's schema in front, whatever the one before it has set. */
  const run = (tx: Transaction, sql: string): Promise<void> =>
    tx.execute(`SET LOCAL search_path TO ${schema};\n${withinTransaction(sql)}`);

  function planFor(tx: Transaction, migrations: readonly Migration[]): Umzug {
    return new Umzug({
      migrations: migrations.map(({ name, sql }) => ({ name, up: () => run(tx, sql) })),
      storage: {
        executed: async () => (await tx.query(readApplied, [])).map(({ name }) => name),
        logMigration: async ({ name }) => void (await tx.query(record, [name])),
        unlogMigration: () => Promise.reject(new Error('migrations are never undone')),
      },
      logger: undefined,
    });
  }

  function nameStep(error: unknown): never {
    if (!(error instanceof MigrationError)) throw error;
    const fault = `${error.migration.name}: ${endsTransaction(error) ? ownTransaction : reasonOf(error)}`;
    throw new ChatSetupError(`The schema ${schema} could not be migrated`, [fault], error);
  }

  return {
    async migrate() {
      const known = await steps();
      return database.transaction(async (tx) => {
        await requireUtf8(tx);
        requireKnown(await prepare(tx), known);
        const ran = (await planFor(tx, known).up().catch(nameStep)).map(({ name }) => name);
        if (ran.length > 0) logger.info({ schema: database.schema, migrations: ran }, 'schema migrated');
        return ran;
      });
    },

    async requireCurrent() {
      const known = await steps();
      await requireUtf8(database);
      const [found] = await database.query(exists, [schema, journal]);
      const applied = found?.journal ? (await database.query(readApplied, [])).map(({ name }) => name) : [];
      requireKnown(applied, known);
      const missing = known.map(({ name }) => name).filter((name) => !applied.includes(name));
      if (missing.length === 0) return;
      throw new ChatSetupError(`The schema ${schema} is not up to date and migrate is false`, [
        `${missing.join(', ')} missing: run "koa-chat migrate" or chat.migrate() first`,
      ]);
    },
  };
}

/**
 * SQL of one or more statements that can neither end the transaction around it nor begin another: PL/pgSQL's EXECUTE
 * refuses such commands, wherever they stand, and it is PostgreSQL's own parser that looks for them.
 */
function withinTransaction(sql: string): string {
  // The last statement is a SELECT of nothing: EXECUTE would not take SELECT ... INTO for one.
  return `DO ${pg.escapeLiteral(`BEGIN EXECUTE ${pg.escapeLiteral(`${sql}\n;SELECT`)}; END`)}`;
}

const ownTransaction =
  'has a COMMIT, a BEGIN or another command of transactions: take it out, all steps run in one transaction';

/** Told by where PostgreSQL says it from: its words are the server's language. */
function endsTransaction({ cause }: MigrationError): boolean {
  const { code, routine } = cause as { code?: unknown; routine?: unknown };
  return (code === '0A000' && routine === 'exec_stmt_dynexecute') || code === '2D000';
}

/** One lock for each schema, in the module's own corner of the 64-bit key space. */
function lockKey(schema: string): string {
  return createHash('sha256').update(`koa-chat-module:migrate:${schema}`).digest().readBigInt64BE().toString();
}
