/** Loads one thing at a time for its callers, and many at a time from the source. */
export interface Batches<Item, Value> {
  /** The value of an item by its key, or null when the source has none. Rejects when the source does. */
  load(key: string, item: Item): Promise<Value | null>;
}

interface Waiting<Item, Value> {
  readonly key: string;
  readonly item: Item;
  resolve(value: Value | null): void;
  reject(error: unknown): void;
}

/**
 * Collects what is asked for within one tick and loads it in batches of at most `max`. A batch that fails fails only
 * those who asked for something in it.
 *
 * @param loadBatch the values by key; what is missing does not exist.
 */
export function createBatches<Item, Value>(
  max: number,
  loadBatch: (items: readonly Item[]) => Promise<ReadonlyMap<string, Value>>,
): Batches<Item, Value> {
  let waiting: Waiting<Item, Value>[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += max) void settle(all.slice(from, from + max));
  }

  async function settle(batch: readonly Waiting<Item, Value>[]): Promise<void> {
    try {
      const values = await loadBatch(batch.map(({ item }) => item));
      for (const { key, resolve } of batch) resolve(values.get(key) ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    load: (key, item) =>
      new Promise((resolve, reject) => {
        // nextTick comes after all promise callbacks that are due: whoever asks in one of them is in the same batch.
        if (waiting.length === 0) process.nextTick(flush);
        waiting.push({ key, item, resolve, reject });
      }),
  };
}
