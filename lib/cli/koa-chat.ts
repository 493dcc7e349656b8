#!/usr/bin/env node
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { ChatModule } from '../chat-module.js';
import { createMigrator } from '../database/migrator.js';
import { openDatabase } from '../database/open-database.js';
import { consoleLogger } from '../logger.js';

const usage = `Usage: koa-chat migrate [options]

Brings the module's schema up to date, and prints the steps that it ran.

  --url URL        the database; default: DATABASE_URL
  --schema NAME    the schema; default: chat
  --module FILE    a file whose default export is what createChatModule returned: its own database and schema are
                   used, and its plugins' migrations run too`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      schema: { type: 'string', default: 'chat' },
      module: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== 'migrate') {
    console.error(usage);
    return 2;
  }
  const url = values.url ?? process.env['DATABASE_URL'];
  if (values.module === undefined && !url) {
    console.error('koa-chat: name the database with --url, DATABASE_URL or --module');
    return 2;
  }
  const ran =
    values.module === undefined ? await migrateUrl(url ?? '', values.schema) : await migrateModule(values.module);
  console.log(ran.length === 0 ? 'The schema is up to date.' : ran.map((name) => `Ran ${name}`).join('\n'));
  return 0;
}

async function migrateUrl(url: string, schema: string): Promise<string[]> {
  const timeouts = { poolSize: 1, acquireTimeoutMs: 10_000, statementTimeoutMs: 600_000 };
  const database = openDatabase({ url, schema, sequelize: undefined, ssl: undefined, ...timeouts });
  try {
    return await createMigrator(database, [], consoleLogger).migrate();
  } finally {
    await database.close();
  }
}

async function migrateModule(file: string): Promise<string[]> {
  const { default: chat } = (await import(pathToFileURL(file).href)) as { default?: Partial<ChatModule> };
  if (typeof chat?.migrate !== 'function')
    throw new Error(`koa-chat: ${file} has no chat module as its default export`);
  return chat.migrate();
}
