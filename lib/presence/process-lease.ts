import type { Database } from '../database/database.js';
import type { Logger } from '../logger.js';
import type { PresenceStatements } from './presence-statements.js';
import { createReaper, type ReaperListener } from './reaper.js';

/** A killed process leaves nobody online for longer than the lease and one round of reaping: 25 s, 30 at most. */
export const leaseSeconds = 20;
export const renewEveryMs = 5_000;

export interface ProcessLease {
  /** Takes the lease and begins to renew it. Rejects where the database cannot be reached. */
  start(): Promise<void>;
  /** From the next round on those of others are ended that ran out. */
  endOthers(): void;
  /** There are no further rounds. Resolves when the one under way is over. */
  pause(): Promise<void>;
  /** Lets the lease run out after `graceMs`: another process then says who did not come back. */
  stop(graceMs: number): Promise<void>;
}

export interface LeaseListener extends ReaperListener {
  /** The lease was renewed. */
  renewed(): void;
  /** It had run out and was taken anew: the others took those here for gone, and those here were told of nobody. */
  lapsed(): void;
}

export function createProcessLease(
  database: Database,
  statements: PresenceStatements,
  processId: string,
  logger: Logger,
  listener: LeaseListener,
): ProcessLease {
  const reaper = createReaper(database, statements, leaseSeconds, listener);
  let timer: NodeJS.Timeout | undefined;
  let endsOthers = false;
  let isTaken = false;
  let round: Promise<void> = Promise.resolve();
  let failing = false;

  async function renew(): Promise<boolean> {
    const [row] = await database.query(statements.renew, [processId, leaseSeconds]);
    return row?.renewed === true;
  }

  async function renewAndReap(): Promise<void> {
    // An outage may have outlived the leases of all: the others get a round of their own before they are ended.
    if (!(await renew())) return listener.lapsed();
    listener.renewed();
    if (endsOthers) await reaper.reap();
  }

  /** A round that fails is tried again at the next: the lease outlives three of them. */
  function tick(): void {
    round = renewAndReap().then(
      () => {
        if (failing) logger.info({}, 'the presence lease is renewed again');
        failing = false;
      },
      (err: unknown) => {
        // Once an outage: it would be said every round else.
        if (!failing) logger.warn({ err }, 'the presence lease could not be renewed');
        failing = true;
      },
    );
  }

  async function pause(): Promise<void> {
    clearInterval(timer);
    await round;
  }

  return {
    async start() {
      await renew();
      isTaken = true;
      timer = setInterval(tick, renewEveryMs);
      timer.unref();
    },
    endOthers: () => void (endsOthers = true),
    pause,
    async stop(graceMs) {
      await pause();
      if (isTaken) await database.query(statements.shorten, [processId, graceMs / 1_000]);
    },
  };
}
