import { ChatSetupError } from '../errors.js';
import type { Plugin } from './plugin.js';
import type { RouteDeclaration } from './route.js';
import type { EventDeclaration } from './socket-event.js';

/** What answers at the doors, gathered from rooms, stores and plugins alike. */
export interface Registrar {
  /** `owner` is named when two declare the same. */
  register(
    owner: string,
    declared: { routes?: readonly RouteDeclaration[]; events?: readonly EventDeclaration[] },
  ): void;
  readonly routes: readonly RouteDeclaration[];
  readonly events: ReadonlyMap<string, EventDeclaration>;
}

/** Names that Socket.IO keeps for itself, and the module's server-to-client events. */
const reservedEvents = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** @throws ChatSetupError from `register` when a route or an event is taken. */
export function createRegistrar(): Registrar {
  const routes: RouteDeclaration[] = [];
  const events = new Map<string, EventDeclaration>();
  const owners = new Map<string, string>();

  function claim(owner: string, what: string): void {
    const holder = owners.get(what);
    if (holder !== undefined) {
      throw new ChatSetupError('The plugins do not fit together', [
        `plugins: ${owner} and ${holder} both declare ${what}`,
      ]);
    }
    owners.set(what, owner);
  }

  return {
    routes,
    events,
    register(owner, declared) {
      for (const route of declared.routes ?? []) {
        // Parameters' names make no difference to which request a route answers.
        claim(owner, `the route ${route.method} ${route.path.replaceAll(/:\w+/g, ':…')}`);
        routes.push(route);
      }
      for (const event of declared.events ?? []) {
        if (reservedEvents.has(event.event)) {
          throw new ChatSetupError('The plugins do not fit together', [
            `plugins: ${owner} declares the event "${event.event}", which Socket.IO keeps for itself`,
          ]);
        }
        claim(owner, `the event ${event.event}`);
        events.set(event.event, event);
      }
    },
  };
}

/**
 * Refuses plugins whose migrations make a table that another, or the module itself, makes too.
 * @throws ChatSetupError naming both.
 */
export function requireDistinctTables(own: readonly { sql: string }[], plugins: readonly Plugin[]): void {
  const owners = new Map<string, string>([['migrations', 'koa-chat-module']]);
  const claim = (owner: string, sql: string): void => {
    for (const table of tablesMadeBy(sql)) {
      const holder = owners.get(table);
      if (holder !== undefined && holder !== owner) {
        throw new ChatSetupError('The plugins do not fit together', [
          `plugins: ${owner} and ${holder} both make the table ${table}`,
        ]);
      }
      owners.set(table, owner);
    }
  };
  for (const { sql } of own) claim('koa-chat-module', sql);
  for (const { name, migrations = [] } of plugins) for (const { sql } of migrations) claim(`"${name}"`, sql);
}

function tablesMadeBy(sql: string): string[] {
  const made = sql.matchAll(/\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|[\w.]+)/gi);
  return [...made].map(([, name = '']) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}
