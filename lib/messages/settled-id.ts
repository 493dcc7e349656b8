import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

const pollEveryMs = 10;
/** A send is over by then, or has failed. Whoever writes for longer is somebody else. */
const patienceMs = 5_000;

/**
 * An id up to which every message can be read by everybody, or will never be there; 0 where there is none. A message has its
 * id before it is committed, so this waits for those who were writing then, as `CREATE INDEX CONCURRENTLY` does: they hold
 * a lock on the table from before they take an id until after their commit.
 */
export async function readSettledId(database: Database): Promise<number> {
  const table = database.table('messages').replaceAll("'", "''");
  const readLast = statement<{ id: number | null }>(
    `SELECT last_value AS id FROM pg_sequences WHERE schemaname = $1 AND sequencename = 'message_ids'`,
  );
  /** `$1` those to look for, null for all. */
  const findWriters = statement<{ writer: string }>(`
    SELECT virtualtransaction AS writer
      FROM pg_locks
     WHERE locktype = 'relation' AND relation = '${table}'::regclass AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND ($1::text[] IS NULL OR virtualtransaction = ANY ($1))`);

  const [row] = await database.query(readLast, [database.schema]);
  if (row === undefined) throw new Error('the database gives messages no ids');
  const deadline = performance.now() + patienceMs;
  let writers = await database.query(findWriters, [null]);
  while (writers.length > 0 && performance.now() < deadline) {
    await delay(pollEveryMs);
    writers = await database.query(findWriters, [writers.map(({ writer }) => writer)]);
  }
  return row.id ?? 0;
}
