import type { BenchTokens } from './data/tokens.js';
import type { BenchOptions } from './options.js';
import type { Results } from './comparison.js';
import type { Program } from './programs/start-program.js';
import type { Calls } from './programs/serve-calls.js';

/** What a measure works with. */
export interface Bench {
  readonly options: BenchOptions;
  /** The PostgreSQL server of this run: a superuser's url. */
  readonly serverUrl: string;
  readonly tokens: BenchTokens;
  readonly results: Results;
  /** Starts one of the compiled programs (`servers/echo`); it is stopped with the run if not before. */
  start<C extends Calls>(name: string, input?: unknown, nodeOptions?: readonly string[]): Promise<Program<C>>;
  /** Says what goes on. */
  say(line: string): void;
}
