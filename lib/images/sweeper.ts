import { forget, objectsOf } from './give-up.js';
import type { ImageRoom } from './image-room.js';

export interface Sweeper {
  /** Sweeps from time to time; the first time soon, at a moment of this process's own. */
  start(): void;
  /**
   * Removes uploads that were not sent in time, and what is left of raw uploads. Several processes may sweep at once: they
   * share the work. An image of a message keeps its objects, whatever races.
   */
  sweep(): Promise<void>;
  /** Stops, and waits for the sweep that runs. */
  stop(): Promise<void>;
}

const longestPauseMs = 3_600_000;
/** Rows taken at a time: a process that dies leaves no more than these for later. */
const batch = 100;

export function createSweeper(room: ImageRoom): Sweeper {
  const { database, statements, store, config, logger } = room;
  const pauseMs = Math.min(longestPauseMs, config.unsentTtlSeconds * 250);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    while (!stopped && (await sweepUnsent()) === batch);
    while (!stopped && (await sweepUploaded()) === batch);
  }

  /** Objects before rows: what is not removed now is still known, and taken on by the next sweep. */
  async function sweepUnsent(): Promise<number> {
    const condemned = await database.query(statements.condemnOverdue, [batch]);
    if (condemned.length === 0) return 0;
    await store.delete(condemned.flatMap(objectsOf));
    await forget(room, condemned);
    return condemned.length;
  }

  /** A link that still worked may have written a raw upload again after its picture was made. */
  async function sweepUploaded(): Promise<number> {
    const uploaded = await database.query(statements.findUploaded, [batch]);
    if (uploaded.length === 0) return 0;
    const keys = uploaded.map(({ key }) => key);
    await store.delete(keys);
    await database.query(statements.closeUploads, [keys]);
    return uploaded.length;
  }

  function schedule(delayMs: number): void {
    timer = setTimeout(() => {
      running = sweep()
        .catch((err: unknown) => logger.warn({ err }, 'the sweep of unsent images failed and is tried again later'))
        .finally(() => {
          if (!stopped) schedule(pauseMs);
        });
    }, delayMs).unref();
  }

  return {
    start() {
      stopped = false;
      schedule(Math.random() * pauseMs);
    },
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
