import type { Message } from '../../../lib/client/index.js';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

export const clockTime = (iso: string): string => time.format(new Date(iso));

export const exactTime = (iso: string): string => exact.format(new Date(iso));

/** Whole days of the reader's calendar from `iso` to `now`: 0 for today. */
export function daysAgo(iso: string, now: Date = new Date()): number {
  const day = new Date(iso);
  const midnight = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(now) - midnight(day)) / 86_400_000);
}

/** As a separator between days says it. */
export function dayName(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  const ago = daysAgo(iso, now);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  return date.getFullYear() === now.getFullYear() ? longDay.format(date) : dayAndYear.format(date);
}

/** As a row of the list says it: as short as it can be. */
export function shortTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  const ago = daysAgo(iso, now);
  if (ago <= 0) return time.format(date);
  if (ago === 1) return 'Yesterday';
  return ago < 7 ? weekday.format(date) : shortDay.format(date);
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** What a message says in one line. */
export function preview({ content }: Pick<Message, 'content'>): string {
  return content === '' ? 'Photo' : content;
}
