/** A bucket of tokens for each name. */
export interface TokenBuckets {
  /**
   * Takes tokens out of a bucket, all of them or none.
   * @returns 0 when they were taken, else the seconds until there are enough.
   */
  take(name: string, tokens: number): number;
  /** Buckets that are remembered. */
  readonly size: number;
}

export interface TokenBucketOptions {
  /** What flows into a bucket in a minute. */
  readonly perMinute: number;
  /** What a bucket holds. */
  readonly burst: number;
  /** Buckets remembered, the least recently used forgotten first; a forgotten one is full again. */
  readonly maxBuckets: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

interface Bucket {
  /** What it held at `at`. */
  readonly tokens: number;
  readonly at: number;
}

/** Buckets that begin full. One that has had the time to fill up is as good as new, and forgotten. */
export function createTokenBuckets({ perMinute, burst, maxBuckets, now }: TokenBucketOptions): TokenBuckets {
  const perMs = perMinute / 60_000;
  const msToFill = burst / perMs;
  // In the order of last use, the oldest first: a Map keeps the order in which names were set.
  const buckets = new Map<string, Bucket>();

  function forget(time: number): void {
    for (const [name, { at }] of buckets) {
      if (buckets.size <= maxBuckets && time - at < msToFill) return;
      buckets.delete(name);
    }
  }

  return {
    take: (name, tokens) => {
      const at = now();
      const bucket = buckets.get(name);
      const held = bucket === undefined ? burst : Math.min(burst, bucket.tokens + (at - bucket.at) * perMs);
      const missing = tokens - held;
      buckets.delete(name);
      buckets.set(name, { tokens: missing > 0 ? held : held - tokens, at });
      forget(at);
      return missing > 0 ? missing / perMs / 1_000 : 0;
    },
    get size() {
      return buckets.size;
    },
  };
}
