import type pg from 'pg';
import { Sequelize } from 'sequelize';
import { createInjector, type Injector } from './fail-each.js';

/** When the connection of a statement breaks: before the server has it, or before its answer is here. */
export type Moment = 'before it ran' | 'after it was done';

type Callback = (error: Error | null, ...rest: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** A host's Sequelize whose connections can be made to break at a statement. */
export interface LosingSequelize {
  readonly sequelize: Sequelize;
  /** Breaks the connection of a statement; what a new connection is asked first is none. */
  losing(moment: Moment): Injector;
  /** Breaks a new connection at what it is asked first. */
  losingFirst(moment: Moment): Injector;
}

export function losingSequelize(url: string): LosingSequelize {
  const sequelize = new Sequelize(url, { logging: false, pool: { max: 4 } });
  const injector = createInjector();
  let isFirstMeant = false;
  let when: Moment = 'before it ran';

  sequelize.addHook('afterConnect', (connection: unknown) => {
    const client = connection as pg.Client & { connection: { stream: { destroy(): void } } };
    const run = client.query.bind(client) as Query;
    const breakOff = (): Error => {
      client.connection.stream.destroy();
      return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    const query: Query = (...args) => {
      const text = textOf(args[0]);
      // It comes when it comes, and not with each call.
      const isFirst = text.startsWith('SELECT current_setting(');
      if (isFirst !== isFirstMeant || !injector.isMeant(nameOf(text))) return run(...args);
      return when === 'before it ran' ? instead(args, breakOff()) : afterwards(args, run, breakOff);
    };
    client.query = query as unknown as typeof client.query;
  });

  const losing = (moment: Moment, first: boolean): Injector => ({
    arm(passed) {
      [when, isFirstMeant] = [moment, first];
      injector.arm(passed);
    },
    disarm: injector.disarm,
  });
  return {
    sequelize,
    losing: (moment) => losing(moment, false),
    losingFirst: (moment) => losing(moment, true),
  };
}

/** A statement is told its outcome by its own callback, by one beside it, or by a promise. */
function instead(args: unknown[], error: Error): unknown {
  const callback = callbackOf(args);
  if (callback === undefined) return Promise.reject(error);
  process.nextTick(callback, error);
  return args[0];
}

function afterwards(args: unknown[], run: Query, breakOff: () => Error): unknown {
  const callback = callbackOf(args);
  if (callback === undefined) return (run(...args) as Promise<unknown>).then(() => Promise.reject(breakOff()));
  const losing: Callback = (error) => callback(error ?? breakOff());
  if (typeof args.at(-1) === 'function') return run(...args.slice(0, -1), losing);
  return run(Object.assign(args[0] as object, { callback: losing }));
}

function callbackOf(args: unknown[]): Callback | undefined {
  const found = [args.at(-1), (args[0] as { callback?: unknown }).callback].find((one) => typeof one === 'function');
  return found as Callback | undefined;
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : (query as { text: string }).text;
}

/** A statement without the values that are written into it. */
export function nameOf(text: string): string {
  return text.replaceAll(/'[^']*'|\d+/g, '?');
}
