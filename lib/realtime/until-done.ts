import { setTimeout as delay } from 'node:timers/promises';

/** Waits between attempts grow from the first to the second. */
const firstWaitMs = 250;
const maxWaitMs = 4_000;

/**
 * Tries until it is done, or `isOver`: for what is owed to sockets while the database or the directory is away. Nothing
 * is given up meanwhile, and nobody is made to reconnect then: whoever is not let in again may not try once more.
 */
export async function untilDone(
  attempt: () => Promise<void> | void,
  { isOver, failed }: { isOver(): boolean; failed(err: unknown): void },
): Promise<void> {
  for (let waitMs = firstWaitMs; !isOver(); waitMs = Math.min(maxWaitMs, waitMs * 2)) {
    try {
      return await attempt();
    } catch (err) {
      failed(err);
    }
    await delay(waitMs, undefined, { ref: false });
  }
}
