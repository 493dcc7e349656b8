import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/** Answers that are relied on for a moment and then asked for anew, many in one question. */
export interface FreshAnswers<Key, Value> {
  /** At once where what is known is young enough; else asked, and rejected as the question is, or with the key's own error. */
  get(key: Key): Value | Promise<Value>;
  /**
   * Those of many, none of which was asked more than `maxAgeMs` ago (0: before now), an error where one alone has failed.
   * With 0 what was not known before is not kept either: thousands that are needed once would push out what is needed
   * again.
   */
  getAll(keys: readonly Key[], maxAgeMs: number): Promise<(Value | Error)[]>;
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
  /** The answers by key; `absent` is that of the others. An error is that key's alone, and is not kept. */
  ask(keys: readonly Key[]): Promise<Answers<Key, Value>>;
  readonly absent: Value;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** Where a question fails: who has waited for longer than this for the next one has waited long enough. */
const patienceMs = 250;

type Answers<Key, Value> = ReadonlyMap<Key, Value | Error>;

/** `askedAt` -Infinity: there is no answer yet. */
interface Answer<Value> {
  value: Value;
  askedAt: number;
  neededAt: number;
}

/** A question that is not put yet. All who wait for it wait for one promise: there may be thousands. */
interface Question<Key, Value> {
  readonly keys: Set<Key>;
  /** Those of them whose answers are kept. */
  readonly kept: Set<Key>;
  readonly answered: Promise<Answers<Key, Value>>;
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
  let next: Question<Key, Value> | undefined;
  /** Never rejects: resolves with the failure of the last question, if it failed. */
  let underWay: Promise<{ error: unknown } | undefined> = Promise.resolve(undefined);

  function join(key: Key, isKept = true): Question<Key, Value> {
    next ??= createQuestion();
    next.keys.add(key);
    if (isKept) next.kept.add(key);
    return next;
  }

  function createQuestion(): Question<Key, Value> {
    const keys = new Set<Key>();
    const kept = new Set<Key>();
    const since = now();
    const answered = underWay.then(async (failure) => {
      // Nobody waits in vain through one question after the other.
      const isImpatient = failure !== undefined && now() - since > patienceMs;
      // Once what is there to be read has been read: those who came in the same turn ask together.
      if (!isImpatient) await setImmediate();
      next = undefined;
      if (isImpatient) throw failure.error;
      return put([...keys], kept);
    });
    underWay = answered.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    return { keys, kept, answered };
  }

  async function put(keys: readonly Key[], kept: ReadonlySet<Key>): Promise<Answers<Key, Value>> {
    const askedAt = now();
    const batches: Promise<Answers<Key, Value>>[] = [];
    for (let from = 0; from < keys.length; from += maxBatch) batches.push(ask(keys.slice(from, from + maxBatch)));
    const found = new Map<Key, Value | Error>();
    for (const [index, answer] of (await Promise.all(batches)).entries()) {
      for (const key of keys.slice(index * maxBatch, (index + 1) * maxBatch)) {
        const value = answer.get(key) ?? absent;
        found.set(key, value);
        if (!(value instanceof Error)) keep(key, value, askedAt, kept.has(key));
      }
    }
    return found;
  }

  function keep(key: Key, value: Value, askedAt: number, isNew: boolean): void {
    const known = answers.peek(key);
    if (known !== undefined) Object.assign(known, { value, askedAt });
    else if (isNew) answers.set(key, { value, askedAt, neededAt: -Infinity });
  }

  function request(key: Key): Promise<Value> {
    return join(key).answered.then((found) => {
      const value = found.get(key) ?? absent;
      if (value instanceof Error) throw value;
      return value;
    });
  }

  return {
    get(key) {
      const known = answers.get(key);
      const age = known === undefined || known.askedAt < known.neededAt ? Infinity : now() - known.askedAt;
      if (known === undefined || age >= maxAgeMs) return request(key);
      // Ahead of time, so that who goes on asking never waits.
      if (age > maxAgeMs / 2) join(key);
      return known.value;
    },

    async getAll(keys, youngerThanMs) {
      const neededAt = now() - youngerThanMs;
      let question: Question<Key, Value> | undefined;
      const known = keys.map((key) => {
        const answer = answers.get(key);
        if (answer !== undefined && answer.askedAt >= Math.max(neededAt, answer.neededAt)) return answer;
        question = join(key, youngerThanMs > 0);
        return undefined;
      });
      const found = await question?.answered;
      return keys.map((key, index) => {
        const answer = known[index];
        return answer === undefined ? (found?.get(key) ?? absent) : answer.value;
      });
    },

    renew(key, youngerThanMs) {
      const known = answers.get(key);
      const neededAt = now() - youngerThanMs;
      if (known === undefined) answers.set(key, { value: absent, askedAt: -Infinity, neededAt });
      else if (known.askedAt >= neededAt) return;
      else known.neededAt = Math.max(known.neededAt, neededAt);
      join(key);
    },
  };
}
