import { LRUCache } from 'lru-cache';

/** Answers that are relied on for a moment and then asked for anew, many in one question. */
export interface FreshAnswers<Key, Value> {
  /** At once where what is known is young enough; else asked, and rejected as the question is. */
  get(key: Key): Value | Promise<Value>;
  /** Nothing counts for this key from now on that was asked more than `maxAgeMs` ago (0: before now). Asks, unheard. */
  renew(key: Key, maxAgeMs: number): void;
}

export interface FreshAnswersOptions<Key, Value> {
  /** How old an answer may be, by the time at which its question was put. */
  readonly maxAgeMs: number;
  /** Answers kept, the least recently used forgotten first. */
  readonly size: number;
  /** Keys in one question at most. */
  readonly maxBatch: number;
  /** The answers by key; `absent` is that of the others. */
  ask(keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>>;
  readonly absent: Value;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** `askedAt` -Infinity: there is no answer yet. */
interface Answer<Value> {
  readonly value: Value;
  readonly askedAt: number;
  neededAt: number;
}

interface Waiting<Value> {
  readonly answered: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/**
 * One question is under way at a time: whoever asks meanwhile asks together in the next. So however many requests come,
 * they cost a statement or two at once, and no answer is older than the wish for it.
 */
export function createFreshAnswers<Key extends string | number, Value>(
  options: FreshAnswersOptions<Key, Value>,
): FreshAnswers<Key, Value> {
  const { maxAgeMs, size, maxBatch, ask, absent, now } = options;
  const answers = new LRUCache<Key, Answer<Value>>({ max: size });
  let waiting = new Map<Key, Waiting<Value>>();
  let isUnderWay = false;

  function request(key: Key): Promise<Value> {
    const earlier = waiting.get(key);
    if (earlier !== undefined) return earlier.answered;
    const one = createWaiting<Value>();
    if (waiting.size === 0 && !isUnderWay) process.nextTick(put);
    waiting.set(key, one);
    return one.answered;
  }

  function put(): void {
    const all = [...waiting];
    waiting = new Map();
    isUnderWay = true;
    const batches: Promise<void>[] = [];
    for (let from = 0; from < all.length; from += maxBatch) batches.push(settle(all.slice(from, from + maxBatch)));
    void Promise.all(batches).then(() => {
      isUnderWay = false;
      if (waiting.size > 0) put();
    });
  }

  async function settle(batch: readonly (readonly [Key, Waiting<Value>])[]): Promise<void> {
    const askedAt = now();
    try {
      const found = await ask(batch.map(([key]) => key));
      for (const [key, { resolve }] of batch) {
        const value = found.get(key) ?? absent;
        answers.set(key, { value, askedAt, neededAt: answers.peek(key)?.neededAt ?? -Infinity });
        resolve(value);
      }
    } catch (error) {
      for (const [, { reject }] of batch) reject(error);
    }
  }

  return {
    get(key) {
      const known = answers.get(key);
      const age = known === undefined || known.askedAt < known.neededAt ? Infinity : now() - known.askedAt;
      if (known === undefined || age >= maxAgeMs) return request(key);
      // Ahead of time, so that who goes on asking never waits.
      if (age > maxAgeMs / 2) request(key).catch(unheard);
      return known.value;
    },

    renew(key, youngerThanMs) {
      const known = answers.get(key);
      const neededAt = now() - youngerThanMs;
      if (known === undefined) answers.set(key, { value: absent, askedAt: -Infinity, neededAt });
      else if (known.askedAt >= neededAt) return;
      else known.neededAt = Math.max(known.neededAt, neededAt);
      request(key).catch(unheard);
    },
  };
}

/** Whoever relies on the answer asks again, and hears it. */
function unheard(): void {}

function createWaiting<Value>(): Waiting<Value> {
  let settle: Pick<Waiting<Value>, 'resolve' | 'reject'> | undefined;
  const answered = new Promise<Value>((resolve, reject) => (settle = { resolve, reject }));
  if (settle === undefined) throw new TypeError('a promise runs its executor at once');
  return { answered, ...settle };
}
