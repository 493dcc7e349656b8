import { toldBy, type DoorKind, type Sending } from '../journal.js';
import { isPardoned, type Pardon } from '../pardon.js';
import type { Readers } from '../readers.js';

/**
 * A refusal is due after this, in milliseconds, whatever goes wrong, and so is an ack of a text. The work on a picture
 * takes what it takes, above all the first of a process.
 */
const dueMs: Readonly<Record<DoorKind, number>> = { rest: 5_000, socket: 5_000, picture: 10_000 };

/** What senders were told, and how long it took. */
export function judgeAnswers(sendings: readonly Sending[], pardon: Pardon | undefined): string[] {
  const faults: string[] = [];
  for (const { content, person, attempts } of sendings) {
    for (const { door, process, startedAt: from, endedAt: until, outcome } of attempts) {
      const code = toldBy(outcome);
      if (code !== undefined && !isPardoned(pardon, { code, door, person, from, until }))
        faults.push(`${content}: told "${code}" (${door} at process ${process})${whenOf(until, pardon)}`);
      if (until - from > dueMs[door] && (door !== 'picture' || code !== undefined))
        faults.push(`${content}: an answer (${door}, ${code ?? 'ack'}) took ${(until - from).toFixed(0)} ms`);
    }
  }
  return faults;
}

/** The same of readers, who are told that the database is away in one way only. */
export function judgeRefusedReads({ refusals }: Readers, pardon: Pardon | undefined): string[] {
  return refusals
    .filter((refusal) => {
      const isClear = refusal.status === 503 || refusal.code === 'connection lost';
      const isLate = refusal.until - refusal.from > dueMs.rest;
      return !isClear || isLate || !isPardoned(pardon, { ...refusal, door: 'rest' });
    })
    .map(({ operation, status, code, from, until }) => {
      return `${operation}: ${status} ${code} after ${(until - from).toFixed(0)} ms${whenOf(until, pardon)}`;
    });
}

function whenOf(at: number, pardon: Pardon | undefined): string {
  return pardon === undefined ? '' : `, ${(at - pardon.span.from).toFixed(0)} ms after the beginning`;
}
