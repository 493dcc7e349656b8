import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../service.js';
import { databaseAway, lostConnections, type Fault } from './fault.js';

/** Longer than the 5 s within which an answer is due. */
const hangMs = 6_000;

/**
 * What happens to the database, and on the way to it. Sockets reconnect where something that another process said is
 * missed for good.
 */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'PostgreSQL crashes and is started again',
    excuses: [...databaseAway, ...lostConnections],
    isOutage: true,
    async inflict({ database }, random) {
      await database.crash();
      await delay(500 + random.below(2_500));
      await database.restart();
    },
  },
  {
    name: 'connections to the database are cut at random bytes',
    excuses: [...databaseAway, ...lostConnections],
    async inflict({ database: { proxy } }, random) {
      for (let cuts = 0; cuts < 10; cuts += 1) {
        proxy.cutAfter(() => 1 + random.below(2_000));
        await delay(50 + random.below(200));
      }
      proxy.cutAfter(() => Infinity);
    },
  },
  {
    name: 'the database answers late',
    excuses: databaseAway,
    async inflict({ database: { proxy } }, random) {
      proxy.delayMs = 20 + random.below(200);
      await delay(2_000);
      proxy.delayMs = 0;
    },
  },
  {
    name: 'the network swallows what is sent to the database',
    excuses: [...databaseAway, ...lostConnections],
    isOutage: true,
    async inflict({ database: { proxy } }) {
      proxy.isSwallowing = true;
      await delay(hangMs);
      proxy.isSwallowing = false;
      proxy.cut();
    },
  },
  {
    name: 'every statement hangs',
    excuses: databaseAway,
    isOutage: true,
    inflict: ({ database }) =>
      holding(database, 'LOCK TABLE chat.chats, chat.messages IN ACCESS EXCLUSIVE MODE', hangMs),
  },
  {
    name: 'the statements of one chat hang',
    excuses: databaseAway,
    inflict: ({ database, chats }, random) =>
      holding(database, `SELECT 1 FROM chat.chats WHERE id = ${random.pick(chats).id} FOR UPDATE`, hangMs),
  },
  {
    name: 'the pools are exhausted',
    excuses: databaseAway,
    async inflict(service) {
      const lock = holding(service.database, 'LOCK TABLE chat.images IN ACCESS EXCLUSIVE MODE', 4_500);
      await Promise.all(readTwiceThePools(service));
      await lock;
    },
  },
  {
    name: 'the connections that listen are lost',
    excuses: lostConnections,
    async inflict({ database }) {
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (query LIKE '%pg_notify%' OR query LIKE 'LISTEN%') AND pid <> pg_backend_pid()`,
      );
      await delay(500);
    },
  },
];

/** A session of somebody else's holds a lock for a while. */
async function holding(database: Service['database'], lock: string, forMs: number): Promise<void> {
  const session = await database.connect();
  try {
    await session.query('BEGIN');
    await session.query(lock);
    await delay(forMs);
  } finally {
    await session.end();
  }
}

/** Requests for pages, twice as many as the pools have connections. */
function readTwiceThePools({ processes, chats, tokenOf }: Service): Promise<unknown>[] {
  const [chat] = chats;
  if (chat === undefined) throw new Error('the service has no chats');
  const headers = { Authorization: `Bearer ${tokenOf(chat.customer)}` };
  const read = ({ url }: { url: string }): Promise<unknown> =>
    fetch(`${url}/api/chats/${chat.id}/messages`, { headers }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  return processes.flatMap((process) => Array.from({ length: 16 }, () => read(process)));
}
