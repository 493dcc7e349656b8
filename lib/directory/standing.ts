import { performance } from 'node:perf_hooks';
import type { PersonRef } from '../auth/actor.js';
import { chatError, type ChatError } from '../errors.js';
import { askDirectory } from './ask-directory.js';
import { personKey, readAssignedDentist, readAssignments, readPeople } from './directory-answers.js';
import type { Directory } from './directory.js';
import { createFreshAnswers } from './fresh-answers.js';

/** A customer and a dentist. */
export interface Pair {
  readonly customerId: number;
  readonly dentistId: number;
}

/**
 * Who is still there, and who is still whose dentist. What is known is relied on for `socketMaxAgeMs`; a request at the
 * REST door renews it first. Answers come at once where they are known, and reject with `directory_unavailable`.
 */
export interface Standing {
  isThere(person: PersonRef): boolean | Promise<boolean>;
  /** No dentist is, where the directory does not name the customer (any more). */
  isAssigned(pair: Pair): boolean | Promise<boolean>;
  /** The same of each, by what the directory says from now on (or has said in the last `restMaxAgeMs`). */
  areAssigned(pairs: readonly Pair[]): Promise<boolean[]>;
  /** Lets nothing count for the person that is older than `restMaxAgeMs`. */
  renewPerson(person: PersonRef): void;
  renewAssignment(customerId: number): void;
}

export interface StandingOptions {
  readonly directory: Directory;
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

export function createStanding(options: StandingOptions): Standing {
  const { directory, restMaxAgeMs, timeoutMs = 5_000, now = () => performance.now() } = options;
  const common = { maxAgeMs: Math.max(options.socketMaxAgeMs, restMaxAgeMs), size, maxBatch, now };

  /** An error of those who cannot be told. */
  const people = createFreshAnswers<string, boolean | ChatError>({
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
    ask: (ids) => askDirectory(timeoutMs, () => findDentists(directory, ids)),
  });

  return {
    isThere(person) {
      const answer = people.get(personKey(person));
      return typeof answer === 'boolean' ? answer : Promise.resolve(answer).then(orThrow);
    },
    isAssigned({ customerId, dentistId }) {
      const isOne = (assigned: readonly number[]): boolean => assigned.includes(dentistId);
      const assigned = dentists.get(customerId);
      if (assigned instanceof Promise) return assigned.then(isOne);
      if (isOne(assigned)) return true;
      // A no from memory is asked again: whoever was assigned a moment ago is not kept waiting.
      dentists.renew(customerId, 0);
      return Promise.resolve(dentists.get(customerId)).then(isOne);
    },
    async areAssigned(pairs) {
      const ids = pairs.map(({ customerId }) => customerId);
      const isOne = (assigned: readonly (readonly number[])[]): boolean[] =>
        pairs.map(({ dentistId }, index) => assigned[index]?.includes(dentistId) === true);
      const live = isOne(await dentists.getAll(ids, restMaxAgeMs));
      // A no from memory is asked again, here too.
      return restMaxAgeMs === 0 || live.every(Boolean) ? live : isOne(await dentists.getAll(ids, 0));
    },
    renewPerson: (person) => people.renew(personKey(person), restMaxAgeMs),
    renewAssignment: (customerId) => dentists.renew(customerId, restMaxAgeMs),
  };
}

async function findDentists(directory: Directory, ids: readonly number[]): Promise<Map<number, readonly number[]>> {
  if (directory.findAssignments !== undefined) return readAssignments(await directory.findAssignments(ids));
  const single = await Promise.all(
    ids.map(async (id) => [id, readAssignedDentist(await directory.findAssignedDentist(id))] as const),
  );
  return new Map(single.map(([id, dentistId]) => [id, dentistId === null ? [] : [dentistId]]));
}

function orThrow(answer: boolean | ChatError): boolean {
  if (typeof answer === 'boolean') return answer;
  throw answer;
}

function refOf(key: string): PersonRef {
  const [type, id] = key.split(':');
  return { type: type === 'customer' ? 'customer' : 'dentist', id: Number(id) };
}
