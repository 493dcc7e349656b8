import type { Database } from '../database/database.js';
import type { Logger } from '../logger.js';
import type { PersonRef } from '../auth/actor.js';
import type { PresenceStatements } from './presence-statements.js';

/** A killed process leaves nobody online for longer than the lease and one round of reaping: 25 s, 30 at most. */
export const leaseSeconds = 20;
export const renewEveryMs = 5_000;

export interface ProcessLease {
  /** Takes the lease and begins to renew it and to reap others. Rejects where the database cannot be reached. */
  start(): Promise<void>;
  /** Lets the lease run out after `graceMs`: another process then says who did not come back. */
  stop(graceMs: number): Promise<void>;
}

export interface LeaseListener {
  /** The lease was renewed; `lost` when it had run out and was taken anew: the rows of this process are gone. */
  renewed(lost: boolean): void;
  /** These people were in processes that died, and are nowhere else. */
  reaped(people: readonly PersonRef[]): void;
}

export function createProcessLease(
  database: Database,
  statements: PresenceStatements,
  processId: string,
  logger: Logger,
  listener: LeaseListener,
): ProcessLease {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let failing = false;

  async function renewAndReap(): Promise<void> {
    const [row] = await database.query(statements.renew, [processId, leaseSeconds]);
    if (timer !== undefined) listener.renewed(row?.renewed === false);
    const gone = await database.query(statements.reap, []);
    if (gone.length > 0) listener.reaped(gone.map((person) => ({ type: person.person_type, id: person.person_id })));
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

  return {
    async start() {
      await renewAndReap();
      timer = setInterval(tick, renewEveryMs);
      timer.unref();
    },
    async stop(graceMs) {
      clearInterval(timer);
      if (timer === undefined) return;
      timer = undefined;
      await round;
      await database.query(statements.shorten, [processId, graceMs / 1_000]);
    },
  };
}
