import { LRUCache } from 'lru-cache';

/** How long it is remembered that there is nothing, in seconds: somebody who was just added should not wait. */
const maxMissSeconds = 5;

/** Answers remembered for a short while, the least recently used forgotten first. */
export interface BriefCache<Key, T> {
  /** The remembered answer, null where there is nothing; undefined where none is remembered. */
  get(key: Key): T | null | undefined;
  keep(key: Key, answer: T | null): void;
}

/**
 * Keeps `size` answers for `seconds` each, and that there is none for at most 5 s; 0 seconds keeps nothing.
 * @param now milliseconds on a clock that never goes back.
 */
export function createBriefCache<Key extends string | number, T extends object>(
  size: number,
  seconds: number,
  now: () => number,
): BriefCache<Key, T> {
  const nothing = Symbol('nothing');
  // A resolution of 0 asks the clock each time, instead of running a timer.
  const cache = new LRUCache<Key, T | typeof nothing>({ max: size, perf: { now }, ttlResolution: 0 });
  return {
    get(key) {
      const kept = cache.get(key);
      return kept === nothing ? null : kept;
    },
    keep(key, answer) {
      const keepSeconds = answer === null ? Math.min(seconds, maxMissSeconds) : seconds;
      if (keepSeconds > 0) cache.set(key, answer ?? nothing, { ttl: keepSeconds * 1_000 });
    },
  };
}
