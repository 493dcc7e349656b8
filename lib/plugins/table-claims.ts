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

function tablesMadeBy(sql: string): string[] {
  const made = sql.matchAll(/\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|[\w.]+)/gi);
  return [...made].map(([, name = '']) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}
