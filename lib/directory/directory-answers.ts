import { isPersonId, isPersonRef, type PersonRef, type PersonType } from '../auth/actor.js';
import type { Assignment, Person } from './directory.js';

/** The key of a person in a map: customer 1 and dentist 1 are two people. */
export function personKey({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

// A directory is the host's code: its answers are read as what they are, not as what their types promise. Each reader
// throws a plain Error, which is for the log.

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

export function readAssignedDentist(answer: unknown, from = 'findAssignedDentist'): number | null {
  if (answer === null || answer === undefined) return null;
  if (!isPersonId(answer)) throw new Error(`${from} gave no whole, positive id`);
  return answer;
}

/** The assigned dentists by customer. */
export function readAssignments(answer: unknown): Map<number, readonly number[]> {
  if (!Array.isArray(answer)) throw new Error('findAssignments gave no list');
  const dentists = new Map<number, number[]>();
  for (const row of answer as readonly Partial<Assignment>[]) {
    const { customerId } = row;
    if (!isPersonId(customerId)) {
      throw new Error('findAssignments gave a customer without a whole, positive id');
    }
    const dentistId = readAssignedDentist(row.dentistId, 'findAssignments');
    const known = dentists.get(customerId);
    if (known === undefined) dentists.set(customerId, dentistId === null ? [] : [dentistId]);
    else if (dentistId !== null) known.push(dentistId);
  }
  return dentists;
}

export function readLogin(answer: unknown, type: PersonType): PersonRef | null {
  if (answer === null || answer === undefined) return null;
  if (!isPersonRef(answer) || answer.type !== type)
    throw new Error(`findByLogin gave no ${type} with a whole, positive id`);
  return Object.freeze({ type, id: answer.id });
}
