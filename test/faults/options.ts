import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** `npm run test:faults -- --short`, or `-- --seed 7 --times 50 --only killed`. */
export interface Options {
  /** Chooses the moments, the victims and the loads, of each trial by itself. Default: by chance, and said. */
  readonly seed: number;
  /** How often each trial is run. Default 1. */
  readonly times: number;
  /** Runs only the trials whose names have this in them. Default: all. */
  readonly only: string;
  /** How long the soak lasts, in seconds. Default 600, and 20 in short. */
  readonly soakSeconds: number;
  /** How long everybody goes on after a fault, in milliseconds. Default 4500, and 0 in short. */
  readonly tailMs: number;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      times: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      soak: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const { short, seed, soak } = values;
  return {
    seed: seed === undefined ? randomInt(2 ** 31) : Number(seed),
    times: Number(values.times),
    only: values.only,
    soakSeconds: Number(soak ?? (short ? 20 : 600)),
    tailMs: short ? 0 : 4_500,
  };
}
