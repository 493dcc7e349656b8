import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { Service } from './service.js';

/** Something that goes wrong while everybody uses the service, and is right again when it resolves. */
export interface Fault {
  readonly name: string;
  /** True when nobody can be served meanwhile: then every answer of that time is held against the 5 s. */
  readonly isOutage?: boolean;
  inflict(service: Service, random: RandomSource): Promise<void>;
}

export const faults: readonly Fault[] = [
  {
    name: 'a process is killed',
    async inflict({ processes }, random) {
      const victim = random.pick(processes);
      await victim.kill();
      await victim.start();
    },
  },
  {
    name: 'a process dies between a commit and its broadcast',
    async inflict({ processes }, random) {
      const victim = random.pick(processes);
      victim.order('die after the next commit');
      await victim.gone();
      await victim.start();
    },
  },
  {
    name: 'PostgreSQL crashes and is started again',
    isOutage: true,
    async inflict({ database }, random) {
      await database.crash();
      await delay(500 + random.below(2_500));
      await database.restart();
    },
  },
  {
    name: 'connections to the database are cut at random bytes',
    async inflict({ database: { proxy } }, random) {
      for (let cuts = 0; cuts < 10; cuts += 1) {
        proxy.cutAfter(() => 1 + random.below(2_000));
        await delay(50 + random.below(200));
      }
    },
  },
  {
    name: 'the database answers late',
    async inflict({ database: { proxy } }, random) {
      proxy.delayMs = 20 + random.below(200);
      await delay(2_000);
      proxy.delayMs = 0;
    },
  },
  {
    name: 'the network swallows what is sent to the database',
    isOutage: true,
    async inflict({ database: { proxy } }) {
      proxy.isSwallowing = true;
      await delay(6_000);
      proxy.isSwallowing = false;
      proxy.cut();
    },
  },
  {
    name: 'every statement hangs',
    isOutage: true,
    inflict: ({ database }) =>
      holding(database, 'LOCK TABLE chat.chats, chat.messages IN ACCESS EXCLUSIVE MODE', 6_000),
  },
  {
    name: 'the pools are exhausted',
    async inflict(service) {
      const { database, processes, chats, tokenOf } = service;
      // Twice as many requests as the pool has connections, each waiting for a lock.
      const ask = async (url: string): Promise<void> => {
        const [chat] = chats;
        if (chat === undefined) return;
        const headers = { Authorization: `Bearer ${tokenOf(chat.customer)}` };
        await fetch(`${url}/api/chats/${chat.id}/messages`, { headers }).then(
          (response) => response.arrayBuffer(),
          () => undefined,
        );
      };
      const lock = holding(database, 'LOCK TABLE chat.images IN ACCESS EXCLUSIVE MODE', 4_500);
      await Promise.all(processes.flatMap(({ url }) => Array.from({ length: 16 }, () => ask(url))));
      await lock;
    },
  },
  {
    name: 'the connections that listen are lost',
    async inflict({ database }) {
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (query LIKE '%pg_notify%' OR query LIKE 'LISTEN%') AND pid <> pg_backend_pid()`,
      );
      await delay(500);
    },
  },
  {
    name: 'the image store is away',
    async inflict({ processes }) {
      for (const process of processes) process.order('lose the image store');
      await delay(2_000);
      for (const process of processes) process.order('find the image store');
    },
  },
  {
    name: 'the endpoint of keys is away, then slow, and a new key signs',
    async inflict({ tokens: { jwks } }) {
      jwks.mood = 'down';
      jwks.rotate();
      await delay(1_500);
      jwks.mood = 'hanging';
      await delay(1_500);
      jwks.mood = 'up';
      jwks.delayMs = 300;
      await delay(1_000);
      jwks.delayMs = 0;
    },
  },
];

/** A rolling restart is no fault, but is driven and judged like one. */
export const rollingRestart: Fault = {
  name: 'both processes are restarted in turn',
  async inflict({ processes }) {
    for (const process of processes) {
      await process.close();
      await process.start();
    }
  },
};

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
