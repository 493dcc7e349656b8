import { toldBy, type Attempt, type Sending, type Span } from '../journal.js';
import type { Seen } from './fault.js';

/** Dates are rounded to milliseconds. */
const roundedMs = 2;

/** Some sender was told so while it lasted. */
export function somebodyWasTold(...codes: readonly string[]): (seen: Seen) => boolean {
  return (seen) => attemptsDuring(seen).some(({ outcome }) => codes.includes(toldBy(outcome) ?? ''));
}

/** Some ack took as long. */
export function someAckTook(ms: number): (seen: Seen) => boolean {
  return (seen) =>
    attemptsDuring(seen).some(
      ({ startedAt, endedAt, outcome }) => outcome.kind === 'acked' && endedAt - startedAt >= ms,
    );
}

/** Some connection of a client's was lost. */
export function somebodyWasCutOff({ load, during }: Seen): boolean {
  return load.followers.some(({ disconnects }) => disconnects.some(({ at }) => isIn(at, during)));
}

/** Some message was committed by an attempt whose client was never told so. */
export function someCommitWasNotTold({ load, stored, during }: Seen): boolean {
  const at = new Map(stored.map((row) => [`${row.chatId} ${row.content}`, row.at]));
  const isCommittedBy = ({ chatId, content }: Sending, { startedAt, endedAt, outcome }: Attempt): boolean => {
    const committedAt = at.get(`${chatId} ${content}`);
    if (committedAt === undefined || outcome.kind !== 'unknown' || !isIn(endedAt, during)) return false;
    return committedAt > startedAt - roundedMs && committedAt < endedAt + roundedMs;
  };
  return load.senders.some(({ sendings }) =>
    sendings.some((sending) => sending.attempts.some((attempt) => isCommittedBy(sending, attempt))),
  );
}

function attemptsDuring({ load, during }: Seen): Attempt[] {
  const attempts = load.senders.flatMap(({ sendings }) => sendings.flatMap((sending) => sending.attempts));
  return attempts.filter(({ startedAt, endedAt }) => endedAt > during.from && startedAt < during.until);
}

function isIn(at: number, { from, until }: Span): boolean {
  return at >= from && at <= until;
}
