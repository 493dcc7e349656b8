import { isPersonRef, type PersonRef, type PersonType } from '../auth/actor.js';
import type { Assignment, Person } from './directory.js';

/** The key of a person in a map: customer 1 and dentist 1 are two people. */
export function personKey({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

// A directory is the host's code: its answers are read as what they are, not as what their types promise. Each reader
// throws a plain Error, which is for the log.

/** The people of an answer by {@link personKey}, nothing but the four fields of each. */
export function readPeople(answer: unknown): ReadonlyMap<string, Person> {
  if (!Array.isArray(answer)) throw new Error('findPeople gave no list');
  return new Map(answer.map(readPerson).map((person) => [personKey(person), person]));
}

function readPerson(answer: unknown): Person {
  if (!isPersonRef(answer)) throw new Error('findPeople gave somebody without a type and a whole, positive id');
  const { type, id, name, email } = answer as PersonRef & { name?: unknown; email?: unknown };
  if (typeof name !== 'string') throw new Error('findPeople gave somebody without a name');
  if (email !== undefined && email !== null && typeof email !== 'string') {
    throw new Error('findPeople gave somebody whose email is no text');
  }
  return Object.freeze({ type, id, name, email: email ?? null });
}

export function readAssignedDentist(answer: unknown, from = 'findAssignedDentist'): number | null {
  if (answer === null || answer === undefined) return null;
  if (!isPersonRef({ type: 'dentist', id: answer })) throw new Error(`${from} gave no whole, positive id`);
  return answer as number;
}

/** The assigned dentists by customer. */
export function readAssignments(answer: unknown): Map<number, readonly number[]> {
  if (!Array.isArray(answer)) throw new Error('findAssignments gave no list');
  const dentists = new Map<number, number[]>();
  for (const row of answer as readonly Partial<Assignment>[]) {
    const { customerId } = row;
    if (!isPersonRef({ type: 'customer', id: customerId })) {
      throw new Error('findAssignments gave a customer without a whole, positive id');
    }
    const dentistId = readAssignedDentist(row.dentistId, 'findAssignments');
    const known = dentists.get(customerId as number);
    if (known === undefined) dentists.set(customerId as number, dentistId === null ? [] : [dentistId]);
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
