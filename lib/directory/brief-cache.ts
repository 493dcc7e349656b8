import { LRUCache } from 'lru-cache';

/** How long it is remembered that there is nothing, in seconds: somebody who was just added should not wait. */
const maxMissSeconds = 5;

/** Answers remembered for a short while, the least recently used forgotten first. */
export interface BriefCache<T> {
  /** The remembered answer, the one that is being asked for right now, or that of `ask`. A failure is not remembered. */
  get(key: string, ask: () => Promise<T | null>): Promise<T | null>;
  /** The remembered answer at once; undefined where there is none. */
  peek(key: string): T | null | undefined;
}

/**
 * Keeps `size` answers for `seconds` each, and that there is none for at most 5 s; 0 seconds keeps nothing.
 * @param now milliseconds on a clock that never goes back.
 */
export function createBriefCache<T extends object>(size: number, seconds: number, now: () => number): BriefCache<T> {
  const nothing = Symbol('nothing');
  // A resolution of 0 asks the clock each time, instead of running a timer.
  const cache = new LRUCache<string, T | typeof nothing>({ max: size, perf: { now }, ttlResolution: 0 });
  const asking = new Map<string, Promise<T | null>>();

  async function askAndKeep(key: string, ask: () => Promise<T | null>): Promise<T | null> {
    const answer = await ask();
    const keepSeconds = answer === null ? Math.min(seconds, maxMissSeconds) : seconds;
    if (keepSeconds > 0) cache.set(key, answer ?? nothing, { ttl: keepSeconds * 1_000 });
    return answer;
  }

  function peek(key: string): T | null | undefined {
    const kept = cache.get(key);
    return kept === nothing ? null : kept;
  }

  return {
    peek,
    get: async (key, ask) => {
      const kept = peek(key);
      if (kept !== undefined) return kept;
      const current = asking.get(key);
      if (current !== undefined) return current;
      const asked = askAndKeep(key, ask);
      asking.set(key, asked);
      try {
        return await asked;
      } finally {
        asking.delete(key);
      }
    },
  };
}
