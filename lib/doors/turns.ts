import type { PersonRef } from '../auth/actor.js';
import { ChatError, chatError } from '../errors.js';
import { roomOf } from './socket-types.js';

/** Calls of one person that wait at most. Whoever has more than these waiting has lost the thread. */
const maxWaiting = 1_000;
/** With more waiting it is no page that opens but a flood, and has one turn at a time until they are fewer. */
const floodWaiting = 8;
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

  function finish(key: string, line: Line): void {
    line.running -= 1;
    const { waiting } = line;
    while (waiting.length > 0 && line.running < (waiting.length > floodWaiting ? 1 : atOnce)) {
      line.running += 1;
      // After what others have sent meanwhile: however fast a flood is served, it is served in between.
      setImmediate((waiting.shift() as Waiting).begin);
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
      if (line.running < atOnce) line.running += 1;
      else {
        const { waiting } = line;
        if (waiting.length >= maxWaiting) throw chatError('rate_limited', { retryAfterSeconds: 1 });
        await new Promise<void>((begin, refuse) => waiting.push({ since: performance.now(), begin, refuse }));
      }
      try {
        return await work();
      } catch (error) {
        if (error instanceof ChatError && outages.has(error.code)) giveUp(line, error);
        throw error;
      } finally {
        finish(key, line);
      }
    },
  };
}
