import { isPersonId } from '../auth/actor.js';
import type { Person } from './directory.js';

const noId = 'An id in the tables of people is no positive whole number up to 2^53-1';

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
  const id = idOrNaN(value);
  if (!isPersonId(id)) throw new Error(noId);
  return id;
}

export function idOrNaN(value: unknown): number {
  return typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : NaN;
}

/**
 * An array of integers without nulls, read as text (`{1,2}`). Of a dentist of thousands it is long.
 * @throws Error where {@link readIdColumn} does for one of them, and for what is no array.
 */
export function readIdsColumn(value: unknown): number[] {
  if (typeof value !== 'string' || !/^\{[\d,]+\}$/.test(value)) throw new Error(noId);
  const ids = JSON.parse(`[${value.slice(1, -1)}]`) as number[];
  if (!ids.every(isPersonId)) throw new Error(noId);
  return ids;
}
