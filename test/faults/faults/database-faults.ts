import { setTimeout as delay } from 'node:timers/promises';
import type { Span } from '../journal.js';
import type { Service } from '../service.js';
import { someAckTook, somebodyWasTold } from './bites.js';
import { databaseAway, lostConnections, type Fault } from './fault.js';
import { exhaustPools } from './exhausted-pools.js';

/** Longer than the 5 s within which an answer is due. */
const hangMs = 6_000;
/** A process that lost its connection to the others asks who is still there, and waits 5 s for their answers. */
const deafMs = 8_000;
const leastDelayMs = 20;

/**
 * What happens to the database, and on the way to it. Sockets reconnect where something that another process said is
 * missed for good.
 */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'PostgreSQL crashes and is started again',
    excuses: [...databaseAway, ...lostConnections],
    deafMs,
    hasBitten: somebodyWasTold('database_unavailable'),
    async inflict({ database }, random) {
      await database.crash();
      const from = performance.now();
      await delay(500 + random.below(2_500));
      const until = performance.now();
      await database.restart();
      return { from, until };
    },
  },
  {
    name: 'connections to the database are cut at random bytes',
    excuses: [...databaseAway, ...lostConnections],
    deafMs,
    async inflict({ database: { proxy } }, random) {
      const before = proxy.cuts;
      for (let cuts = 0; cuts < 10; cuts += 1) {
        proxy.cutAfter(() => 1 + random.below(2_000));
        await delay(50 + random.below(200));
      }
      proxy.cutAfter(() => Infinity);
      if (proxy.cuts === before) throw new Error('no connection to the database was cut');
    },
  },
  {
    // What crosses processes comes late, too: who may have missed something is told to reconnect.
    name: 'the database answers late',
    excuses: [...databaseAway, ...lostConnections],
    hasBitten: someAckTook(2 * leastDelayMs),
    async inflict({ database: { proxy } }, random) {
      proxy.delayMs = leastDelayMs + random.below(200);
      await delay(2_000);
      proxy.delayMs = 0;
    },
  },
  {
    name: 'the network swallows what is sent to the database',
    excuses: [...databaseAway, ...lostConnections],
    deafMs,
    hasBitten: somebodyWasTold('database_unavailable'),
    async inflict({ database: { proxy } }) {
      const from = performance.now();
      proxy.isSwallowing = true;
      await delay(hangMs);
      const until = performance.now();
      proxy.isSwallowing = false;
      proxy.cut();
      return { from, until };
    },
  },
  {
    name: 'every statement hangs',
    excuses: databaseAway,
    hasBitten: somebodyWasTold('database_unavailable'),
    inflict: ({ database }) =>
      holding(database, 'LOCK TABLE chat.chats, chat.messages IN ACCESS EXCLUSIVE MODE', hangMs),
  },
  {
    name: 'the statements of one chat hang',
    excuses: databaseAway,
    hasBitten: somebodyWasTold('database_unavailable'),
    async inflict({ database, chats }, random) {
      await holding(database, `SELECT 1 FROM chat.chats WHERE id = ${random.pick(chats).id} FOR UPDATE`, hangMs);
    },
  },
  {
    name: 'the pools are exhausted',
    excuses: databaseAway,
    hasBitten: somebodyWasTold('database_unavailable'),
    inflict: exhaustPools,
  },
  {
    name: 'the connections that listen are lost',
    excuses: lostConnections,
    deafMs,
    async inflict({ database, processes }) {
      const ended = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (query LIKE '%pg_notify%' OR query LIKE 'LISTEN%') AND pid <> pg_backend_pid()`,
      );
      if (ended.length < processes.length) throw new Error(`${ended.length} connections that listen were ended`);
      await delay(500);
    },
  },
];

/** A session of somebody else's holds a lock for a while; resolves with when it did. */
async function holding(database: Service['database'], lock: string, forMs: number): Promise<Span> {
  const session = await database.connect();
  try {
    await session.query('BEGIN');
    await session.query(lock);
    const from = performance.now();
    await delay(forMs);
    return { from, until: performance.now() };
  } finally {
    await session.end();
  }
}
