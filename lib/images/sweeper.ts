import { forget, objectsOf } from './give-up.js';
import type { ImageRoom } from './image-room.js';
import { removeAbandonedFolders } from '../temp-folders.js';

export interface Sweeper {
  /** Sweeps from time to time; the first time soon, at a moment of this process's own. */
  start(): void;
  /**
   * Removes uploads that were not sent in time, what is left of raw uploads, and the files that killed processes left.
   * Several processes may sweep at once: they share the work. An image of a message keeps its objects, whatever races.
   */
  sweep(): Promise<void>;
  /** Stops for good, and waits for the sweep that runs. */
  stop(): Promise<void>;
}

const longestPauseMs = 3_600_000;
/** Rows taken at a time: a process that dies leaves no more than these for later. */
const batch = 100;
/** Rows whose objects are removed by one call of the store, which has its time for one call. */
const slice = 10;

export function createSweeper(room: ImageRoom): Sweeper {
  const { database, statements, store, config, logger } = room;
  const pauseMs = Math.min(longestPauseMs, config.unsentTtlSeconds * 250);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    await removeAbandonedFolders(config.tempDir);
    while (!stopped && (await sweepUnsent()) === batch);
    while (!stopped && (await sweepUploaded()) === batch);
    if (!stopped) await store.removeAbandoned?.();
  }

  /** Objects before rows: what is not removed now is still known, and taken on by the next sweep. */
  async function sweepUnsent(): Promise<number> {
    const condemned = await database.query(statements.condemnOverdue, [batch]);
    for (const rows of slicesOf(condemned)) {
      if (stopped) break;
      await store.delete(rows.flatMap(objectsOf));
      await forget(room, rows);
    }
    return condemned.length;
  }

  /** A link that still worked may have written a raw upload again after its picture was made. */
  async function sweepUploaded(): Promise<number> {
    const uploaded = await database.query(statements.findUploaded, [batch]);
    for (const rows of slicesOf(uploaded)) {
      if (stopped) break;
      const keys = rows.map(({ key }) => key);
      await store.delete(keys);
      await database.query(statements.closeUploads, [keys]);
    }
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
      // A start that took too long comes to its end after the stop.
      if (!stopped) schedule(Math.random() * pauseMs);
    },
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function slicesOf<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / slice) }, (_, i) => rows.slice(i * slice, (i + 1) * slice));
}
