import { randomInt } from 'node:crypto';

/** Numbers that look random and follow from a seed: a failure names the seed, and `TEST_SEED` runs it again. */
export interface RandomSource {
  /** For the message of a failed assertion. */
  readonly seed: string;
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

export function randomSource(seed = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31))): RandomSource {
  // A 32-bit xorshift (Marsaglia, 2003): small, and good enough to choose test cases.
  let state = seed === 0 ? 1 : seed | 0;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    seed: `TEST_SEED=${seed}`,
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
