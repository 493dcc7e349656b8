import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../database/database.js';
import type { Logger } from '../logger.js';
import { createBroadcastStatements } from './broadcast-statements.js';
import { createInbox, farewell } from './inbox.js';
import { createListenConnection } from './listen-connection.js';
import { createOutbox } from './outbox.js';
import { toNotification, isLarge, type Parcel } from './parcels.js';

/** What the processes of one service tell each other. */
export interface Bus {
  /** Tells the others, soon and in order. Neither waits nor fails: what cannot be told is missed. */
  publish(topic: Topic, message: object): void;
  /** One listener a topic. */
  listen(topic: Topic, received: (message: unknown) => void): void;
}

/** The bus through the database that they share. */
export interface ClusterBus extends Bus {
  /** Rejects where the database cannot be reached. Later losses mend themselves. */
  start(): Promise<void>;
  watch(watcher: ClusterWatcher): void;
  /** Says what is still to be said: for a second at most, and then once more by another connection. */
  close(): Promise<void>;
}

export type Topic = 'socket.io' | 'message:sent' | 'process:ended';

export interface ClusterWatcher {
  /** Something that another process has said will never come. */
  missed(): void;
  /** The connection was lost and is back: time to ask whether anything was missed. */
  regained(): void;
}

const sweepEveryMs = 60_000;
const closeTimeoutMs = 1_000;

/**
 * LISTEN and NOTIFY on a connection of its own. What is published while a NOTIFY is under way goes out together with
 * the next. It needs a session of its own in PostgreSQL: behind a pooler that gives sessions away between transactions
 * it would hear nothing.
 */
export function createClusterBus(database: Database, logger: Logger): ClusterBus {
  const sender = randomBytes(8).toString('hex');
  const channel = channelOf(database.schema);
  const statements = createBroadcastStatements(database);
  const listeners = new Map<unknown, (message: unknown) => void>();
  let watcher: ClusterWatcher | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  const connection = createListenConnection(database, channel, logger, {
    // What this process says, it has told its own sockets already.
    notified: (payload) => void (isOwn(payload) || inbox.take(payload)),
    lost: () => inbox.lost(),
    listening(again) {
      outbox.resume();
      if (!again) return;
      watcher?.regained();
      inbox.regained();
    },
  });

  const inbox = createInbox({
    fetch: async (from, number) => (await connection.query(statements.fetch, [from, number]))[0]?.payload,
    received: (spoken) => {
      if (!Array.isArray(spoken)) return;
      const [topic, message] = spoken as unknown[];
      listeners.get(topic)?.(message);
    },
    missed: () => watcher?.missed(),
    logger,
  });

  function isOwn(payload: string): boolean {
    return payload.startsWith(`${sender} `);
  }

  function announcementOf(parcels: readonly Parcel[]): unknown[] {
    const large = parcels.filter(isLarge);
    const [numbers, payloads] = [large.map(({ number }) => number), large.map(({ payload }) => payload)];
    return [channel, parcels.map(toNotification), sender, numbers, payloads];
  }

  const outbox = createOutbox(sender, async (parcels: readonly Parcel[]) => {
    try {
      await connection.query(statements.announce, announcementOf(parcels));
    } catch (err) {
      if (!connection.isOpen) throw err;
      // The database is there and would not have it, nor would it later. The others miss these numbers.
      logger.warn({ err }, 'the other processes could not be told');
    }
  });

  function sweep(): void {
    connection
      .query(statements.sweep, [])
      .catch((err: unknown) => logger.debug({ err }, 'old broadcasts could not be swept'));
  }

  return {
    async start() {
      await connection.start();
      sweeping = setInterval(sweep, sweepEveryMs);
      sweeping.unref();
    },
    publish: (topic, message) => outbox.put(JSON.stringify([topic, message])),
    listen: (topic, received) => void listeners.set(topic, received),
    watch: (given) => void (watcher = given),
    async close() {
      clearInterval(sweeping);
      if (connection.isOpen) outbox.put(JSON.stringify(farewell));
      const unsaid = (await outbox.close(closeTimeoutMs)).filter(({ payload }) => payload !== `["${farewell}"]`);
      listeners.clear();
      inbox.close();
      watcher = undefined;
      await connection.close();
      // The others know what they have heard already by its numbers; of the rest they would never know.
      if (unsaid.length > 0) await database.query(statements.announce, announcementOf(unsaid));
    },
  };
}

/** One channel a schema: channels belong to the whole database. At most 63 bytes. */
export function channelOf(schema: string): string {
  return `koa_chat_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}
