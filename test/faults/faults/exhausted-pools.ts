import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { poolSize, type Service } from '../service.js';

/** As many as one person has turns at once: more would be a queue of their own, and no load on the pools. */
const readsEach = 4;
/** A refusal is due after this. The lock is held for longer than a statement may take, and for less than an answer may. */
const dueMs = 5_000;
const heldMs = 4_600;
/** Whoever waited for a connection first, and then for the lock, may be served when that is gone. */
const servedMs = heldMs + 500;

/**
 * Everybody opens pages at each process at once, whose pictures somebody else has locked: more than the pools have
 * connections. Rejects unless all connections wait; at least as many pages as these are to be refused, and each in time.
 */
export async function exhaustPools({ database, processes, chats, tokenOf, incidents }: Service): Promise<void> {
  const session = await database.connect();
  try {
    await session.query('BEGIN');
    await session.query('LOCK TABLE chat.images IN ACCESS EXCLUSIVE MODE');
    const released = delay(heldMs);
    const people = new Map(chats.flatMap(({ id, customer, dentist }) => [customer, dentist].map((one) => [one, id])));
    const answers = processes.flatMap(({ url }) =>
      [...people].flatMap(([person, chatId]) =>
        Array.from({ length: readsEach }, () => read(`${url}/api/chats/${chatId}/messages`, tokenOf(person))),
      ),
    );
    await until('every connection of the pools waits', async () => {
      const [row] = await database.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
      );
      return (row?.waiting ?? 0) >= processes.length * poolSize;
    });
    await released;
    await session.query('ROLLBACK');
    const all = await Promise.all(answers);
    for (const { status, tookMs } of all) {
      const isInTime = status === 503 ? tookMs <= dueMs : status === 200 && tookMs <= servedMs;
      if (!isInTime) incidents.push(`a page was answered with ${status} after ${tookMs} ms`);
    }
    const refused = all.filter(({ status }) => status === 503).length;
    if (refused < processes.length * poolSize) incidents.push(`only ${refused} pages were refused`);
  } finally {
    await session.end();
  }
}

async function read(url: string, token: string): Promise<{ status: number; tookMs: number }> {
  const from = performance.now();
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return { status: response.status, tookMs: Math.round(performance.now() - from) };
}
