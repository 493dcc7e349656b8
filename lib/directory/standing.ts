import { performance } from 'node:perf_hooks';
import type { PersonRef } from '../auth/actor.js';
import { chatError, type ChatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { askDirectory } from './ask-directory.js';
import { personKey, readAssignedDentist, readAssignments, readPeople } from './directory-answers.js';
import type { Directory } from './directory.js';
import { createFreshAnswers } from './fresh-answers.js';

/** A customer and a dentist. */
export interface Pair {
  readonly customerId: number;
  readonly dentistId: number;
}

/** What counts: what the directory says from now on (or has said in the last `restMaxAgeMs`), or what is known, as elsewhere. */
export type Reliance = 'asked' | 'known';

/**
 * Who is still there, and who is still whose dentist. What is known is relied on for `socketMaxAgeMs`, whoever asks; a
 * request at the REST door renews it first. Answers come at once where they are known, and reject with
 * `directory_unavailable`: all of them in an outage, one alone where the directory gives for it what cannot be read.
 */
export interface Standing {
  isThere(person: PersonRef): boolean | Promise<boolean>;
  /** No dentist is, where the directory does not name the customer (any more). */
  isAssigned(pair: Pair): boolean | Promise<boolean>;
  /** The same of each. One that alone cannot be told is not, which is logged: the others are shown. */
  areAssigned(pairs: readonly Pair[], reliance: Reliance): Promise<boolean[]>;
  /** Lets nothing count for the person that is older than that, by default `restMaxAgeMs`. */
  renewPerson(person: PersonRef, maxAgeMs?: number): void;
  renewAssignment(customerId: number): void;
}

export interface StandingOptions {
  readonly directory: Directory;
  readonly logger: Logger;
  readonly restMaxAgeMs: number;
  readonly socketMaxAgeMs: number;
  /** How long the directory may take for one answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** Answers kept of each kind: some 10 MB. */
const size = 50_000;
/** The most that a directory is asked for at once, as its interface promises. */
const maxBatch = 1_000;

/** Customers of whom it is known, and logged once, that their dentist cannot be told: not any number. */
const maxComplaints = 1_000;

export function createStanding(options: StandingOptions): Standing {
  const { directory, logger, socketMaxAgeMs, timeoutMs = 5_000, now = () => performance.now() } = options;
  // What is relied on for longer at the one door would be at the other, too.
  const restMaxAgeMs = Math.min(options.restMaxAgeMs, socketMaxAgeMs);
  const common = { maxAgeMs: socketMaxAgeMs, size, maxBatch, now };
  const complaints = new Set<number>();

  const people = createFreshAnswers<string, boolean>({
    ...common,
    absent: false,
    ask: (keys) =>
      askDirectory(timeoutMs, async () => {
        const { people: found, unread } = readPeople(await directory.findPeople(keys.map(refOf)));
        const others = unread === undefined ? false : chatError('directory_unavailable', { cause: unread });
        return new Map(keys.map((key) => [key, found.has(key) || others]));
      }),
  });

  /** The assigned dentists of a customer. */
  const dentists = createFreshAnswers<number, readonly number[]>({
    ...common,
    absent: [],
    ask: (ids) =>
      directory.findAssignments === undefined
        ? findOneByOne(directory, ids, timeoutMs, complaints)
        : askDirectory(timeoutMs, async () => readAssignments(await directory.findAssignments?.(ids), ids)),
  });

  function complain(customerId: number, err: Error): void {
    if (complaints.has(customerId) || complaints.size === maxComplaints) return;
    complaints.add(customerId);
    logger.warn({ err }, 'a chat is left out, for whose dentist it is cannot be told');
  }

  async function look(pairs: readonly Pair[], maxAgeMs: number): Promise<boolean[]> {
    const ids = pairs.map(({ customerId }) => customerId);
    const assigned = await dentists.getAll(ids, maxAgeMs);
    return pairs.map(({ customerId, dentistId }, index) => {
      const known = assigned[index] ?? [];
      if (known instanceof Error) {
        complain(customerId, known);
        return false;
      }
      complaints.delete(customerId);
      return known.includes(dentistId);
    });
  }

  return {
    isThere: (person) => people.get(personKey(person)),
    isAssigned({ customerId, dentistId }) {
      const isOne = (assigned: readonly number[]): boolean => assigned.includes(dentistId);
      const assigned = dentists.get(customerId);
      if (assigned instanceof Promise) return assigned.then(isOne);
      if (isOne(assigned)) return true;
      // A no from memory is asked again: whoever was assigned a moment ago is not kept waiting.
      dentists.renew(customerId, 0);
      return Promise.resolve(dentists.get(customerId)).then(isOne);
    },
    async areAssigned(pairs, reliance) {
      const maxAgeMs = reliance === 'known' ? socketMaxAgeMs : restMaxAgeMs;
      const live = await look(pairs, maxAgeMs);
      if (maxAgeMs === 0) return live;
      // A no from memory is asked again, here too.
      const doubtful = pairs.filter((_, index) => live[index] === false);
      const again = doubtful.length === 0 ? [] : await look(doubtful, 0);
      const assigned = new Set(doubtful.filter((_, index) => again[index] === true));
      return pairs.map((pair, index) => live[index] === true || assigned.has(pair));
    },
    renewPerson: (person, maxAgeMs = restMaxAgeMs) => people.renew(personKey(person), maxAgeMs),
    renewAssignment: (customerId) => dentists.renew(customerId, restMaxAgeMs),
  };
}

/** One that fails, or hangs, fails alone; where all do the directory is away, unless they are those who always do. */
async function findOneByOne(
  directory: Directory,
  ids: readonly number[],
  timeoutMs: number,
  complaints: ReadonlySet<number>,
): Promise<Map<number, readonly number[] | Error>> {
  const found = new Map<number, readonly number[]>();
  const failed = new Map<number, Error>();
  const findOne = async (id: number): Promise<void> => {
    try {
      const ask = async () => readAssignedDentist(await directory.findAssignedDentist(id));
      const dentistId = await askDirectory(timeoutMs, ask);
      found.set(id, dentistId === null ? [] : [dentistId]);
    } catch (error) {
      failed.set(id, error as ChatError);
    }
  };
  await Promise.all(ids.map(findOne));
  const [first] = failed.values();
  if (first !== undefined && found.size === 0 && !ids.every((id) => complaints.has(id))) throw first;
  return new Map<number, readonly number[] | Error>([...found, ...failed]);
}

function refOf(key: string): PersonRef {
  const [type, id] = key.split(':');
  return { type: type === 'customer' ? 'customer' : 'dentist', id: Number(id) };
}
