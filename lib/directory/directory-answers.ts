import { isPersonId, isPersonRef, type PersonRef, type PersonType } from '../auth/actor.js';
import { chatError, type ChatError } from '../errors.js';
import type { Assignment, LoginMatch, Person } from './directory.js';

/** The key of a person in a map: customer 1 and dentist 1 are two people. */
export function personKey({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

// A directory is the host's code: its answers are read as what they are, not as what their types promise. Each reader
// throws a plain Error, which is for the log, or gives the error of those alone of whom nothing can be told.

/** Whom an answer names. */
export interface PeopleAnswer {
  /** By {@link personKey}, nothing but the four fields of each. A name or address that is no text is left out. */
  readonly people: ReadonlyMap<string, Person>;
  /** What was left out of one of them. */
  readonly fault: Error | undefined;
  /** An entry that does not say whose it is: it may be of anybody who is missing. */
  readonly unread: Error | undefined;
}

export function readPeople(answer: unknown): PeopleAnswer {
  if (!Array.isArray(answer)) throw new Error('findPeople gave no list');
  const people = new Map<string, Person>();
  let fault: Error | undefined;
  let unread: Error | undefined;
  for (const entry of answer as readonly unknown[]) {
    if (!isPersonRef(entry)) {
      unread ??= new Error('findPeople gave somebody without a type and a whole, positive id');
      continue;
    }
    const { type, id, name, email = null } = entry as PersonRef & { name?: unknown; email?: unknown };
    if (typeof name !== 'string') fault ??= new Error(`findPeople gave ${type} ${id} without a name`);
    if (email !== null && typeof email !== 'string') {
      fault ??= new Error(`findPeople gave ${type} ${id} an email that is no text`);
    }
    const person = { type, id, name: textOr('', name), email: textOr(null, email) };
    people.set(personKey(person), Object.freeze(person));
  }
  return { people, fault, unread };
}

function textOr<T>(other: T, value: unknown): string | T {
  return typeof value === 'string' ? value : other;
}

export function readAssignedDentist(answer: unknown): number | null {
  if (answer === null || answer === undefined) return null;
  if (!isPersonId(answer)) throw new Error('findAssignedDentist gave no whole, positive id');
  return answer;
}

/**
 * The assigned dentists of those of these customers who exist; an error for whom something else than a dentist is named,
 * and, where an entry does not say whose it is, for those who are missing.
 */
export function readAssignments(
  answer: unknown,
  customerIds: readonly number[],
): Map<number, readonly number[] | Error> {
  if (!Array.isArray(answer)) throw new Error('findAssignments gave no list');
  const dentists = new Map<number, number[] | Error>();
  // Most customers have one dentist, who may have thousands: those share a list.
  const shared = new Map<number, number[]>();
  let isUnread = false;
  for (const row of answer as readonly unknown[]) {
    const { customerId, dentistId } = (row ?? {}) as Partial<Assignment>;
    if (!isPersonId(customerId)) {
      isUnread = true;
      continue;
    }
    const known = dentists.get(customerId) ?? none;
    if (known instanceof Error) continue;
    if (dentistId === null || dentistId === undefined) dentists.set(customerId, known);
    else if (!isPersonId(dentistId)) {
      const problem = `findAssignments gave customer ${customerId} a dentist without a whole, positive id`;
      dentists.set(customerId, unreadable(problem));
    } else if (known.length === 0) dentists.set(customerId, listOf(dentistId, shared));
    else if (known.length === 1) dentists.set(customerId, [...known, dentistId]);
    else known.push(dentistId);
  }
  if (isUnread) {
    const unread = unreadable('findAssignments gave a customer without a whole, positive id');
    for (const id of customerIds) if (!dentists.has(id)) dentists.set(id, unread);
  }
  return dentists;
}

const none: number[] = [];

function listOf(dentistId: number, shared: Map<number, number[]>): number[] {
  const known = shared.get(dentistId);
  if (known !== undefined) return known;
  const list = [dentistId];
  shared.set(dentistId, list);
  return list;
}

function unreadable(what: string): ChatError {
  return chatError('directory_unavailable', { cause: new Error(what) });
}

export function readLogin(answer: unknown, type: PersonType): PersonRef | null {
  if (answer === null || answer === undefined) return null;
  if (!isPersonRef(answer) || answer.type !== type)
    throw new Error(`findByLogin gave no ${type} with a whole, positive id`);
  return Object.freeze({ type, id: answer.id });
}

/**
 * Whose each of these logins is, or null; an error for one that two people have, or nobody with an id, and, where an entry
 * does not say which it is about, for those that are missing.
 */
export function readLogins(
  answer: unknown,
  type: PersonType,
  logins: readonly string[],
): Map<string, PersonRef | null | Error> {
  if (!Array.isArray(answer)) throw new Error('findByLogins gave no list');
  const found = new Map<string, PersonRef | Error>();
  let missing: Error | null = null;
  for (const entry of answer as readonly unknown[]) {
    const { login, id } = (entry ?? {}) as Partial<LoginMatch>;
    const isKnown = typeof login === 'string';
    if (!isKnown) missing = unreadable('findByLogins gave no login');
    else if (!isPersonId(id)) found.set(login, unreadable(`findByLogins gave no ${type} with a whole, positive id`));
    else if (found.has(login)) found.set(login, unreadable(`findByLogins gave two ${type}s with one login`));
    else found.set(login, Object.freeze({ type, id }));
  }
  return new Map(logins.map((login) => [login, found.get(login) ?? missing]));
}
