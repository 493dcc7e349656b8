import { ChatSetupError } from '../errors.js';
import type { Migration, Plugin } from './plugin.js';

/**
 * Refuses plugins whose migrations make a table that another, or the module itself, makes too.
 * @throws ChatSetupError naming both.
 */
export function requireDistinctTables(own: readonly Migration[], plugins: readonly Plugin[]): void {
  const owners = new Map<string, string>([['migrations', 'koa-chat-module']]);
  const faults: string[] = [];
  const claim = (owner: string, sql: string): void => {
    for (const table of tablesMadeBy(sql)) {
      const holder = owners.get(table);
      if (holder === undefined) owners.set(table, owner);
      else if (holder !== owner) faults.push(`plugins: ${owner} and ${holder} both make the table ${table}`);
    }
  };
  for (const { sql } of own) claim('koa-chat-module', sql);
  for (const { name, migrations = [] } of plugins) for (const { sql } of migrations) claim(`"${name}"`, sql);
  if (faults.length > 0) throw new ChatSetupError('The plugins do not fit together', faults);
}

const name = /"(?:[^"]|"")+"|\w+/;
const creates = new RegExp(
  `\\bcreate\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?((?:${name.source})(?:\\s*\\.\\s*(?:${name.source}))*)`,
  'gi',
);

/** As PostgreSQL takes them, with their schemas where these are said. */
function tablesMadeBy(sql: string): string[] {
  return [...sql.matchAll(creates)].map(([, made = '']) =>
    (made.match(new RegExp(name, 'g')) ?? [])
      .map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()))
      .join('.'),
  );
}
