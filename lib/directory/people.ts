import { performance } from 'node:perf_hooks';
import type { PersonRef, PersonType } from '../auth/actor.js';
import { chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { askDirectory } from './ask-directory.js';
import { createBatches } from './batches.js';
import { createBriefCache } from './brief-cache.js';
import { personKey, readAssignedDentist, readPeople, type PeopleAnswer } from './directory-answers.js';
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
  /** Answers kept of customers, of dentists and of logins, the least recently used forgotten first. Default 10,000. */
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
  // By their numbers: a list of thousands would make a text for each.
  const remembered = {
    customer: createBriefCache<number, Person>(cacheSize, cacheSeconds, now),
    dentist: createBriefCache<number, Person>(cacheSize, cacheSeconds, now),
  };
  const asked = {
    customer: new Map<number, Promise<PeopleAnswer>>(),
    dentist: new Map<number, Promise<PeopleAnswer>>(),
  };
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
  const batches = createBatches(maxBatch, load);

  /** Asks the directory, and remembers what it says. A failure is not remembered. */
  async function load(refs: readonly PersonRef[]): Promise<PeopleAnswer> {
    try {
      const answer = await askDirectory(timeoutMs, async () => readPeople(await directory.findPeople(refs)));
      const { people, unread, fault = unread } = answer;
      if (fault !== undefined)
        logger.warn({ err: fault }, 'the directory gave somebody who is not as a person should be');
      for (const ref of refs) {
        const person = people.get(personKey(ref)) ?? null;
        if (person !== null || unread === undefined) remembered[ref.type].keep(ref.id, person);
      }
      return answer;
    } finally {
      for (const { type, id } of refs) asked[type].delete(id);
    }
  }

  /** The answer to the question in which somebody is asked for: one that is under way, or the next. */
  function ask(ref: PersonRef): Promise<PeopleAnswer> {
    const underWay = asked[ref.type].get(ref.id);
    if (underWay !== undefined) return underWay;
    const answered = batches.ask(ref);
    asked[ref.type].set(ref.id, answered);
    return answered;
  }

  return {
    findPeople: async (refs) => {
      const found = { customer: new Map<number, Person>(), dentist: new Map<number, Person>() };
      // There may be thousands: what waits is a question, and not each of them.
      const questions = new Map<Promise<PeopleAnswer>, PersonRef[]>();
      for (const ref of refs) {
        const person = remembered[ref.type].get(ref.id);
        if (person === undefined) {
          const answered = ask(ref);
          const theirs = questions.get(answered);
          if (theirs === undefined) questions.set(answered, [ref]);
          else theirs.push(ref);
        } else if (person !== null) found[ref.type].set(ref.id, person);
      }
      const take = async ([answered, theirs]: [Promise<PeopleAnswer>, PersonRef[]]): Promise<void> => {
        const { people, unread } = await answered;
        for (const ref of theirs) {
          const person = people.get(personKey(ref));
          if (person !== undefined) found[ref.type].set(ref.id, person);
          else if (unread !== undefined) throw chatError('directory_unavailable', { cause: unread });
        }
      };
      // Mostly all are remembered, and there is nothing to wait for.
      if (questions.size > 0) await Promise.all([...questions].map(take));
      return { get: ({ type, id }) => found[type].get(id) };
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
