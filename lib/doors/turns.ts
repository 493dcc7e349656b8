import type { PersonRef } from '../auth/actor.js';
import { ChatError, chatError } from '../errors.js';
import { createFloodRest } from './flood-rest.js';
import { roomOf } from './socket-types.js';

/** Calls of one person that wait at most. Whoever has more than these waiting has lost the thread. */
const maxWaiting = 1_000;
/** With more waiting it is no page that opens but a flood, and has one turn at a time until they are fewer. */
const floodWaiting = 8;
/** A call that takes longer waits for its client, whose upload has stalled, or for somebody of the host's. */
const slowAfterMs = 5_000;
/** Slow calls of one person that have given up their places, at most: for each that may be at once. */
const slowShare = 4;
/** Where a call fails because the database is away: what has waited longer than this behind it has waited long enough. */
const patienceMs = 500;
/** What a call says that has waited for what all calls need. */
const outages: ReadonlySet<string> = new Set(['database_unavailable', 'directory_unavailable']);

/**
 * Lets each person do so many things at once, over REST and all sockets together; what is more waits in its order. What
 * takes long is not counted any more: four uploads that stall should not keep somebody from writing.
 */
export interface Turns {
  /**
   * `worth`: for how many calls it counts where it is part of a flood, asked once it is over. Default: one.
   * @throws ChatError `rate_limited` where too many wait, and what the calls before it have failed with in an outage.
   */
  run<T>(person: PersonRef, work: () => Promise<T>, worth?: () => number): Promise<T>;
  /** Whether so many of a person's calls wait that another one is refused. */
  isFull(person: PersonRef): boolean;
  /** Refuses all that wait with this. */
  refuseWaiting(error: ChatError): void;
}

interface Line {
  /** Places taken. */
  taken: number;
  /** Calls that have given up theirs. */
  slow: number;
  /** Of these, the ones of calls that begin in a moment. */
  called: number;
  /** What the calls since the flood began were worth, where it is one. */
  ofFlood: number;
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
  const rest = createFloodRest();

  function lineOf(key: string): Line {
    const known = lines.get(key);
    if (known !== undefined) return known;
    const line: Line = { taken: 0, slow: 0, called: 0, ofFlood: 0, waiting: [] };
    lines.set(key, line);
    return line;
  }

  async function turnIn(line: Line): Promise<void> {
    if (isFull(line)) throw chatError('rate_limited', { retryAfterSeconds: 1 });
    await new Promise<void>((begin, refuse) => line.waiting.push({ since: performance.now(), begin, refuse }));
    line.called -= 1;
    callNext(line, 0, asOne);
  }

  /** Gives the places that are free to those who wait. `tookMs`, `worth`: of the call that made room. */
  function callNext(line: Line, tookMs: number, worth: () => number): void {
    // They would begin before those who were called, and rest.
    if (line.called > 0) return;
    const isFlood = line.waiting.length > floodWaiting;
    if (line.waiting.length === 0) line.ofFlood = 0;
    const places = (isFlood ? 1 : atOnce) - line.taken;
    for (const { begin } of line.waiting.splice(0, Math.max(0, places))) {
      line.taken += 1;
      line.called += 1;
      if (isFlood) line.ofFlood += worth();
      const restMs = isFlood ? rest.after(tookMs, line.ofFlood) : 0;
      // Even without a rest after what others have sent meanwhile.
      if (restMs > 0) setTimeout(begin, restMs);
      else setImmediate(begin);
    }
  }

  /** Runs a call in the place that it has, and gives that up where it takes long. */
  async function runIn<T>(line: Line, work: () => Promise<T>, worth: () => number): Promise<T> {
    const began = performance.now();
    let isSlow = false;
    const timer = setTimeout(() => {
      if (line.slow >= slowShare * atOnce) return;
      isSlow = true;
      line.slow += 1;
      line.taken -= 1;
      callNext(line, slowAfterMs, asOne);
    }, slowAfterMs);
    timer.unref();
    try {
      return await work();
    } catch (error) {
      if (error instanceof ChatError && outages.has(error.code)) giveUp(line, error);
      throw error;
    } finally {
      clearTimeout(timer);
      if (isSlow) line.slow -= 1;
      else line.taken -= 1;
      callNext(line, performance.now() - began, worth);
    }
  }

  /** Nobody waits through one outage after the other, first for the turn and then in it. */
  function giveUp(line: Line, error: ChatError): void {
    const longest = performance.now() - patienceMs;
    for (const { since, refuse } of line.waiting) if (since < longest) refuse(error);
    line.waiting = line.waiting.filter(({ since }) => since >= longest);
  }

  return {
    async run(person, work, worth = asOne) {
      const key = roomOf(person);
      const line = lineOf(key);
      // Whoever comes while others wait is behind them, and behind those who begin in a moment.
      if (line.taken < atOnce && line.waiting.length === 0 && line.called === 0) {
        line.taken += 1;
        rest.called();
      } else await turnIn(line);
      try {
        return await runIn(line, work, worth);
      } finally {
        if (line.taken + line.slow === 0) lines.delete(key);
      }
    },
    isFull: (person) => isFull(lines.get(roomOf(person))),
    refuseWaiting(error) {
      for (const { waiting } of lines.values()) for (const { refuse } of waiting.splice(0)) refuse(error);
    },
  };
}

const asOne = (): number => 1;

function isFull(line: Line | undefined): boolean {
  return line !== undefined && line.waiting.length >= maxWaiting;
}
