import type { Logger } from '../logger.js';
import type { PresenceChange } from '../presence/presence-change.js';
import type { Watched } from '../presence/presence-change.js';
import type { Presence } from '../presence/presence.js';
import { untilDone } from '../realtime/until-done.js';
import { roomOf } from './socket-types.js';

/** Tells people of each other's coming and going. */
export interface PresenceFeed {
  /** Soon, together with others, and until it is told: unless it is so no more by then. */
  say(change: PresenceChange): void;
  /** Resolves when all that was said is told. */
  idle(): Promise<void>;
  close(): void;
}

interface Needs {
  presence: Pick<Presence, 'watchersOf'>;
  tell(watched: Watched): void;
  /** So many changes could not be told that they were given up. */
  missed(): void;
  logger: Logger;
}

/** People asked about in one statement. */
const maxTogether = 500;
/** People of whom a change may wait to be told: a few MB. */
const maxWaiting = 20_000;

export function createPresenceFeed({ presence, tell, missed, logger }: Needs): PresenceFeed {
  /** What was said last of each person. */
  const waiting = new Map<string, PresenceChange>();
  let telling: Promise<void> | undefined;
  let hasGivenUp = false;
  let isClosed = false;

  async function tellAll(): Promise<void> {
    // What is said in one turn is told together.
    await Promise.resolve();
    while (waiting.size > 0 && !isClosed) await untilDone(tellSome, { isOver: () => isClosed, failed });
    telling = undefined;
    if (hasGivenUp && !isClosed) missed();
    hasGivenUp = false;
  }

  async function tellSome(): Promise<void> {
    const some = [...waiting.values()].slice(0, maxTogether);
    const watched = await presence.watchersOf(some);
    for (const change of some) {
      const key = roomOf(change.person);
      // Where the contrary was said meanwhile, that is told next.
      if (waiting.get(key) === change) waiting.delete(key);
    }
    watched.forEach(tell);
  }

  function failed(err: unknown): void {
    logger.debug({ err }, 'it could not be told yet who is online');
  }

  return {
    say(change) {
      if (waiting.size === maxWaiting) {
        waiting.clear();
        hasGivenUp = true;
      }
      waiting.set(roomOf(change.person), change);
      telling ??= tellAll();
    },
    idle: async () => telling,
    close() {
      isClosed = true;
      waiting.clear();
    },
  };
}
