import type { Attempt, DoorKind, Span } from '../journal.js';
import type { Load } from '../load.js';
import { reconnectMs, recoveryMs } from '../pardon.js';
import { nameOf } from '../sender.js';

/** What was committed before may still be on its way to its client. */
const onTheWayMs = 250;
/** When the first success is due at each door, in milliseconds: sockets are opened first, and for pictures a worker starts. */
const dueMs: Readonly<Record<DoorKind, number>> = {
  rest: recoveryMs,
  socket: recoveryMs + reconnectMs,
  picture: 30_000,
};

/** Whoever was acked while nobody could be served was lied to. */
export function judgeOutage({ senders, readers }: Load, { from, until }: Span): string[] {
  const lies = attemptsOf(senders).filter(({ startedAt, endedAt, outcome }) => {
    const isBegunThen = startedAt >= from || endedAt > from + onTheWayMs;
    return outcome.kind === 'acked' && isBegunThen && endedAt < until;
  });
  const reads = readers.answers.filter((answer) => answer.from >= from && answer.until < until);
  return [
    ...lies.map((lie) => `${nameOf(lie)}: an ack, ${(lie.endedAt - from).toFixed(0)} ms after nobody could be served`),
    ...reads.map(
      (read) => `${read.operation}: a success, ${(read.until - from).toFixed(0)} ms after nobody could be served`,
    ),
  ];
}

/** How long the first success took at each door of each process, in the order of the places. */
export function recoveries(
  { places, senders }: Load,
  since: number,
): { name: string; door: DoorKind; tookMs: number }[] {
  const attempts = attemptsOf(senders).filter(({ endedAt, outcome }) => endedAt > since && outcome.kind === 'acked');
  return places.map((place) => {
    const there = attempts.filter(({ door, process }) => door === place.door && process === place.process);
    const tookMs = Math.min(...there.map(({ endedAt }) => endedAt)) - since;
    return { name: nameOf(place), door: place.door, tookMs };
  });
}

export function judgeRecovery(load: Load, since: number): string[] {
  return recoveries(load, since)
    .filter(({ door, tookMs }) => tookMs > dueMs[door])
    .map(({ name, tookMs }) => `${name}: the first success came ${tookMs.toFixed(0)} ms after the end`);
}

function attemptsOf(senders: Load['senders']): Attempt[] {
  return senders.flatMap(({ sendings }) => sendings.flatMap(({ attempts }) => attempts));
}
