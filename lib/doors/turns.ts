import type { PersonRef } from '../auth/actor.js';
import { ChatError, chatError } from '../errors.js';
import { roomOf } from './socket-types.js';

/** Calls of one person that wait at most. Whoever has more than these waiting has lost the thread. */
const maxWaiting = 1_000;
/** With more waiting it is no page that opens but a flood, and has one turn at a time until they are fewer. */
const floodWaiting = 8;
/** While others call, a flood has a quarter of the time: it rests after each of its calls for three times what that took. */
const restShare = 3;
/** A rest at least and at most, in milliseconds. */
const leastRestMs = 2;
const mostRestMs = 500;
/** Where nobody else has called for so long, a flood is nobody's harm. */
const lullMs = 100;
/** Where a call fails because the database is away: what has waited longer than this behind it has waited long enough. */
const patienceMs = 500;
/** What a call says that has waited for what all calls need. */
const outages: ReadonlySet<string> = new Set(['database_unavailable', 'directory_unavailable']);

/**
 * Lets each person do so many things at once, over REST and all sockets together; what is more waits in its order.
 */
export interface Turns {
  /** @throws ChatError `rate_limited` where too many wait, and what the calls before it have failed with in an outage. */
  run<T>(person: PersonRef, work: () => Promise<T>): Promise<T>;
}

interface Line {
  running: number;
  waiting: Waiting[];
}

interface Waiting {
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (error: ChatError) => void;
}

/**
 * Somebody's flood so becomes a queue of their own: it takes its share of the database and of the pictures' processes,
 * and others find no more than that before them.
 */
export function createTurns(atOnce: number): Turns {
  const lines = new Map<string, Line>();
  /** When somebody last called who had not to wait. */
  let calledAt = -Infinity;

  function finish(key: string, line: Line, tookMs: number, now: number): void {
    line.running -= 1;
    const isFlood = line.waiting.length > floodWaiting;
    const places = (isFlood ? 1 : atOnce) - line.running;
    for (const { begin } of line.waiting.splice(0, Math.max(0, places))) {
      line.running += 1;
      // After what others have sent meanwhile: however fast a flood is served, it is served in between.
      if (isFlood && now - calledAt < lullMs)
        setTimeout(begin, Math.min(mostRestMs, Math.max(leastRestMs, restShare * tookMs)));
      else setImmediate(begin);
    }
    if (line.running === 0) lines.delete(key);
  }

  /** Nobody waits through one outage after the other, first for the turn and then in it. */
  function giveUp(line: Line, error: ChatError): void {
    const longest = performance.now() - patienceMs;
    for (const { since, refuse } of line.waiting) if (since < longest) refuse(error);
    line.waiting = line.waiting.filter(({ since }) => since >= longest);
  }

  return {
    async run(person, work) {
      const key = roomOf(person);
      let line = lines.get(key);
      if (line === undefined) lines.set(key, (line = { running: 0, waiting: [] }));
      const { waiting } = line;
      // Whoever comes while others wait is behind them, also where a flood has places left.
      if (line.running < atOnce && waiting.length === 0) {
        line.running += 1;
        calledAt = performance.now();
      } else {
        if (waiting.length >= maxWaiting) throw chatError('rate_limited', { retryAfterSeconds: 1 });
        await new Promise<void>((begin, refuse) => waiting.push({ since: performance.now(), begin, refuse }));
      }
      const began = performance.now();
      try {
        return await work();
      } catch (error) {
        if (error instanceof ChatError && outages.has(error.code)) giveUp(line, error);
        throw error;
      } finally {
        const now = performance.now();
        finish(key, line, now - began, now);
      }
    },
  };
}
