import { readdirSync } from 'node:fs';
import type { Database } from '../../lib/database/database.js';
import type { Statement } from '../../lib/database/statement.js';
import { imagesOfMessage } from '../../lib/images/images-of-message.js';

const lib = new URL('../../lib/', import.meta.url);

/** Every statement that a room writes out, by its name there: `presence.watchers(dentist)`. */
export async function knownStatements(): Promise<Map<string, string>> {
  const table = (name: string): string => `"chat"."${name}"`;
  const database = { table } as unknown as Database;
  const known = new Map<string, string>();
  for (const file of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
    const [, room] = /(\w+)-statements\.ts$/.exec(file) ?? [];
    if (room === undefined) continue;
    const made = Object.entries((await import(new URL(file, lib).href)) as Record<string, unknown>);
    for (const [name, make] of made.filter(([name]) => name.startsWith('create'))) {
      const statements = (make as Factory)(database, (alias) => imagesOfMessage(database, alias));
      for (const [key, found] of Object.entries(statements)) {
        if (typeof found !== 'function') known.set(`${room}.${key}`, found.text);
        else
          for (const type of ['customer', 'dentist'] as const) known.set(`${room}.${key}(${type})`, found(type).text);
      }
      if (Object.keys(statements).length === 0) throw new Error(`${name} makes no statement`);
    }
  }
  return known;
}

type AnyStatement = Statement<unknown>;
type Factory = (
  database: Database,
  images: (alias: string) => string,
) => Record<string, AnyStatement | ((type: 'customer' | 'dentist') => AnyStatement)>;
