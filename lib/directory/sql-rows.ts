import type { Person } from './directory.js';

type Row = Readonly<Record<string, unknown>>;

/** A row of `selectPeople`. */
export function readPersonRow({ type, id, name, email }: Row): Person {
  if (type !== 'customer' && type !== 'dentist') throw new Error('A row of people has no type');
  return {
    type,
    id: readIdColumn(id),
    name: typeof name === 'string' ? name : '',
    email: typeof email === 'string' ? email : null,
  };
}

/**
 * An integer column, read as text.
 * @throws Error for what is no id in the chat: zero, negative, beyond 2^53-1, no integer.
 */
export function readIdColumn(value: unknown): number {
  const id = typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(id))
    throw new Error('An id in the tables of people is no positive whole number up to 2^53-1');
  return id;
}

/**
 * An array of integers without nulls, read as text (`{1,2}`).
 * @throws Error where {@link readIdColumn} does for one of them, and for what is no array.
 */
export function readIdsColumn(value: unknown): number[] {
  return typeof value === 'string' ? value.slice(1, -1).split(',').map(readIdColumn) : [readIdColumn(value)];
}
