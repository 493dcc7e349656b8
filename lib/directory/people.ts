import { performance } from 'node:perf_hooks';
import type { PersonRef, PersonType } from '../auth/actor.js';
import { chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { askDirectory } from './ask-directory.js';
import { createBatches, type Loaded } from './batches.js';
import { createBriefCache } from './brief-cache.js';
import { personKey, readAssignedDentist, readPeople } from './directory-answers.js';
import type { Directory, Person } from './directory.js';
import { createFreshAnswers } from './fresh-answers.js';
import { findLogins } from './find-logins.js';

/** Those of the people asked for who exist. */
export interface FoundPeople {
  get(ref: PersonRef): Person | undefined;
}

/**
 * The host's directory as the module's rooms see it: asked in batches, briefly remembered, and never trusted to answer
 * in time or in the right shape. Every method rejects with `directory_unavailable` when the directory fails; a
 * ChatError that it throws itself passes.
 */
export interface People {
  /** Any number of refs, repeated or not. */
  findPeople(refs: readonly PersonRef[]): Promise<FoundPeople>;
  /** Always asked anew: a chat must start with the dentist who is assigned now. */
  findAssignedDentist(customerId: number): Promise<number | null>;
  findByLogin(type: PersonType, login: string): Promise<PersonRef | null>;
}

export interface PeopleOptions {
  readonly directory: Directory;
  readonly logger: Logger;
  /** How long an answer is kept, in seconds; that somebody does not exist, at most 5. 0 keeps nothing. */
  readonly cacheSeconds: number;
  /** How old it may be whose a login is, where that is less, in milliseconds: one that is unlinked must end soon. */
  readonly loginMaxAgeMs: number;
  /** Answers kept of each kind, the least recently used forgotten first. Default 10,000. */
  readonly cacheSize?: number;
  /** How long the directory may take for one answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** The most refs that a directory is asked for at once, as its interface promises. */
const maxBatch = 1_000;

export function createPeople(options: PeopleOptions): People {
  const { directory, logger, cacheSeconds, cacheSize = 10_000, timeoutMs = 5_000 } = options;
  const { now = () => performance.now() } = options;
  const people = createBriefCache<Person>(cacheSize, cacheSeconds, now);
  const logins = createFreshAnswers<string, PersonRef | null>({
    ...{
      maxAgeMs: Math.min(cacheSeconds * 1_000, options.loginMaxAgeMs),
      size: cacheSize,
      maxBatch,
      absent: null,
      now,
    },
    ask: (keys) => findLogins(directory, keys, timeoutMs),
  });
  const batches = createBatches<PersonRef, Person>(maxBatch, load);

  async function load(refs: readonly PersonRef[]): Promise<Loaded<Person>> {
    const answer = await askDirectory(timeoutMs, async () => readPeople(await directory.findPeople(refs)));
    const { people: found, unread, fault = unread } = answer;
    if (fault !== undefined)
      logger.warn({ err: fault }, 'the directory gave somebody who is not as a person should be');
    return {
      get(key) {
        const person = found.get(key);
        if (person === undefined && unread !== undefined) throw chatError('directory_unavailable', { cause: unread });
        return person;
      },
    };
  }

  return {
    findPeople: async (refs) => {
      const found = new Map<string, Person>();
      const asked: Promise<void>[] = [];
      const take = (key: string, person: Person | null): void => {
        if (person !== null) found.set(key, person);
      };
      for (const ref of refs) {
        const key = personKey(ref);
        const remembered = people.peek(key);
        if (remembered !== undefined) take(key, remembered);
        else asked.push(people.get(key, () => batches.load(key, ref)).then((person) => take(key, person)));
      }
      // Mostly all are remembered, and there is nothing to wait for.
      if (asked.length > 0) await Promise.all(asked);
      return { get: (ref) => found.get(personKey(ref)) };
    },
    findAssignedDentist: (customerId) =>
      askDirectory(timeoutMs, async () => readAssignedDentist(await directory.findAssignedDentist(customerId))),
    findByLogin: async (type, login) => {
      const key = `${type}:${login}`;
      const known = logins.get(key);
      // A no from memory is asked again: whoever was linked a moment ago is not kept waiting.
      if (known === null) logins.renew(key, 0);
      return known ?? logins.get(key);
    },
  };
}
