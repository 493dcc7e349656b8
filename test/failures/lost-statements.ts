import type pg from 'pg';
import { Sequelize } from 'sequelize';

/** When the connection of a statement breaks: before the server has it, or before its answer is here. */
export type Moment = 'before it ran' | 'after it was done';

type Callback = (error: Error | null, ...rest: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** A host's Sequelize whose connections can be made to break at a statement. */
export interface LosingSequelize {
  readonly sequelize: Sequelize;
  /** Breaks the connection of the n-th statement from now, counted from 1. */
  arm(n: number, moment: Moment): void;
  /** The text of the statement that was lost; undefined where there were not so many. */
  disarm(): string | undefined;
}

export function losingSequelize(url: string): LosingSequelize {
  const sequelize = new Sequelize(url, { logging: false, pool: { max: 4 } });
  let left = 0;
  let when: Moment = 'before it ran';
  let lost: string | undefined;

  sequelize.addHook('afterConnect', (connection: unknown) => {
    const client = connection as pg.Client & { connection: { stream: { destroy(): void } } };
    const run = client.query.bind(client) as Query;
    const breakOff = (): Error => {
      client.connection.stream.destroy();
      return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    const query: Query = (...args) => {
      left -= 1;
      if (left !== 0) return run(...args);
      lost = textOf(args[0]);
      return when === 'before it ran' ? instead(args, breakOff()) : afterwards(args, run, breakOff);
    };
    client.query = query as unknown as typeof client.query;
  });

  return {
    sequelize,
    arm: (n, moment) => ([left, when, lost] = [n, moment, undefined]),
    disarm() {
      left = 0;
      return lost;
    },
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
