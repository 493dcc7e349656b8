import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { ChatModule } from '../chat-module.js';
import { databaseSchema } from '../config/options-schema.js';
import { migrateDatabase } from '../database/migrate-database.js';
import { consoleLogger } from '../logger.js';

const usage = `Usage: koa-chat migrate [options]

Brings the module's schema up to date, and prints the steps that it ran.

  --url URL        the database; default: DATABASE_URL
  --schema NAME    the schema; default: chat
  --module FILE    instead of both: a JavaScript file whose default export is what createChatModule returned. Its own
                   database and schema are used, and its plugins' migrations run too

Ends with 0 when the schema is up to date, 1 when it could not be brought there, 2 when it was called wrongly.`;

/** Called wrongly: said with a pointer to the usage. */
class UsageError extends Error {}

/** Where a command reads its environment and writes its lines. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(line: string): void;
  err(line: string): void;
}

/** Runs `koa-chat` with what stands behind its name. Resolves with the exit code; never rejects. */
export async function runCommand(args: string[], terminal: Terminal): Promise<number> {
  try {
    terminal.out(await answer(args, terminal.env));
    return 0;
  } catch (error) {
    // In one line: it ends up in the log of a deployment.
    const message = error instanceof Error ? error.message.replaceAll(/\s*\n\s*-?\s*/g, ' ') : String(error);
    terminal.err(`koa-chat: ${message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function answer(args: string[], env: Terminal['env']): Promise<string> {
  const { values, positionals } = readArguments(args);
  if (values.help) return usage;
  if (positionals.length !== 1 || positionals[0] !== 'migrate') {
    throw new UsageError('the one command is "migrate"; "koa-chat --help" tells more');
  }
  const { module: file, url, schema } = values;
  if (file !== undefined && (url !== undefined || schema !== undefined)) {
    throw new UsageError('--module brings its own database and schema: leave --url and --schema out');
  }
  const ran = file === undefined ? await migrateUrl(url, schema, env) : await migrateModule(file);
  return ran.length === 0 ? 'The schema is up to date.' : ran.map((name) => `Ran ${name}`).join('\n');
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        schema: { type: 'string' },
        module: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : '').split('. ');
    throw new UsageError(`${first}; "koa-chat --help" tells more`);
  }
}

async function migrateUrl(
  given: string | undefined,
  schema: string | undefined,
  env: Terminal['env'],
): Promise<string[]> {
  const source = given === undefined ? 'DATABASE_URL' : '--url';
  const url = given ?? env['DATABASE_URL'];
  if (url === undefined || url === '') throw new UsageError('name the database with --url, DATABASE_URL or --module');
  const timeouts = { poolSize: 1, acquireTimeoutMs: 10_000, statementTimeoutMs: 600_000 };
  const parsed = databaseSchema.safeParse({ url, schema, ...timeouts });
  if (parsed.success) return migrateDatabase(parsed.data, [], consoleLogger);
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path[0] === 'url' ? source : '--schema'} ${message}`,
  );
  throw new UsageError(faults.join(', '));
}

async function migrateModule(file: string): Promise<string[]> {
  const { default: chat } = (await import(pathToFileURL(file).href)) as { default?: Partial<ChatModule> };
  if (typeof chat?.migrate !== 'function') throw new Error(`${file} has no chat module as its default export`);
  return chat.migrate();
}
