/** Loads one thing at a time for its callers, and many at a time from the source. */
export interface Batches<Item, Value> {
  /** The value of an item by its key, or null when the source has none. Rejects when the source does. */
  load(key: string, item: Item): Promise<Value | null>;
}

/** What a batch brought. */
export interface Loaded<Value> {
  /** Undefined for what does not exist; throws for one that cannot be told. */
  get(key: string): Value | undefined;
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
 */
export function createBatches<Item, Value>(
  max: number,
  loadBatch: (items: readonly Item[]) => Promise<Loaded<Value>>,
): Batches<Item, Value> {
  let waiting: Waiting<Item, Value>[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += max) void settle(all.slice(from, from + max));
  }

  async function settle(batch: readonly Waiting<Item, Value>[]): Promise<void> {
    let loaded: Loaded<Value>;
    try {
      loaded = await loadBatch(batch.map(({ item }) => item));
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { key, resolve, reject } of batch) {
      try {
        resolve(loaded.get(key) ?? null);
      } catch (error) {
        reject(error);
      }
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
