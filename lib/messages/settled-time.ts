import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

const pollEveryMs = 10;
/** A send is over by then, or has failed. Whoever writes for longer is somebody else. */
const patienceMs = 5_000;

/**
 * A time of the database's clock by which every message that bears it, or an earlier one, can be read by everybody:
 * ISO 8601 UTC. A message is dated before it is committed, so this waits for those who were writing then, as `CREATE
 * INDEX CONCURRENTLY` does: they hold a lock on the table from before they read the clock until after their commit.
 */
export async function readSettledTime(database: Database): Promise<string> {
  const table = database.table('messages').replaceAll("'", "''");
  // Dates are rounded to milliseconds, half a one upwards.
  const readClock = statement<{ now: string }>(`SELECT clock_timestamp() - interval '1 ms' AS now`);
  /** `$1` those to look for, null for all. */
  const findWriters = statement<{ writer: string }>(`
    SELECT virtualtransaction AS writer
      FROM pg_locks
     WHERE locktype = 'relation' AND relation = '${table}'::regclass AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND ($1::text[] IS NULL OR virtualtransaction = ANY ($1))`);

  const [row] = await database.query(readClock, []);
  if (row === undefined) throw new Error('the database has no time');
  const deadline = performance.now() + patienceMs;
  let writers = await database.query(findWriters, [null]);
  while (writers.length > 0 && performance.now() < deadline) {
    await delay(pollEveryMs);
    writers = await database.query(findWriters, [writers.map(({ writer }) => writer)]);
  }
  return row.now;
}
