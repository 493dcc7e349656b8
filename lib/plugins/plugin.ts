import type { ChatModule } from '../chat-module.js';
import type { DirectorySource } from '../directory/directory.js';
import type { ImageStore } from '../images/image-store.js';
import type { Logger } from '../logger.js';
import type { Hooks } from './hooks.js';
import type { RouteDeclaration } from './route.js';
import type { EventDeclaration } from './socket-event.js';

/** A numbered step of a schema, run once, inside one transaction whose `search_path` is the module's schema. */
export interface Migration {
  /** Sorts the steps: `0001-audit-log`. Kept below the plugin's name, so two plugins may use the same. */
  readonly name: string;
  readonly sql: string;
}

/** What a plugin is given when it starts. */
export interface PluginContext {
  /** The module: its operations, which work by now, and its events. A start that waits for its `mount` or `close` waits in vain. */
  readonly chat: ChatModule;
  /** The module's logger, each line with the plugin's name. */
  readonly logger: Logger;
  /**
   * One statement with `$1`-style parameters on the module's database. It stays prepared on each connection: keep the
   * text the same, and what varies in the parameters.
   */
  query(sql: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** The module's schema, quoted, for statements that name its or the plugin's tables. */
  readonly schema: string;
}

/** What a plugin may provide in place of the module's own. Two plugins that provide the same refuse to start. */
export interface PluginServices {
  directory?: DirectorySource;
  imageStore?: ImageStore;
}

/**
 * An extension, as plain data. Order: what a plugin requires comes before it, else its place in the array. Routes,
 * events, tables or services that collide refuse to start, each with both names; a route that another would answer
 * before it collides too.
 */
export interface Plugin {
  /** Lower-case words with dashes; unique. */
  readonly name: string;
  /** Semantic version, for logs. */
  readonly version: string;
  /** Names of plugins that must be there, and come before this one. */
  readonly requires?: readonly string[];
  readonly migrations?: readonly Migration[];
  readonly routes?: readonly RouteDeclaration[];
  readonly events?: readonly EventDeclaration[];
  readonly hooks?: Hooks;
  readonly services?: PluginServices;
  /**
   * Runs in order after the migrations and before the first request. A throw fails the start, cleanly; so does one that
   * takes longer than `startTimeoutMs`.
   */
  start?(context: PluginContext): void | Promise<void>;
  /**
   * Runs in reverse order on `close()`, when operations are over; a failure is logged, and after 5 s it is not waited
   * for. Not called when `start` was not reached.
   */
  stop?(): void | Promise<void>;
}

/** Keeps a plugin's type exact: `export const audit = () => definePlugin({ ... })`. */
export function definePlugin<const P extends Plugin>(plugin: P): P {
  return plugin;
}
