import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';

export interface BroadcastStatements {
  /**
   * `$1` channel, `$2` notifications in their order; `$3` sender, `$4` numbers and `$5` payloads of what is too large
   * for one. Sending the same again changes nothing.
   */
  announce: Statement<never>;
  /** `$1` sender, `$2` number. */
  fetch: Statement<{ payload: string }>;
  /** Removes what everybody has fetched long ago. */
  sweep: Statement<never>;
}

export function createBroadcastStatements(database: Database): BroadcastStatements {
  const broadcasts = database.table('broadcasts');
  return {
    announce: statement(`
      WITH stored AS (
        INSERT INTO ${broadcasts} (sender, number, payload)
        SELECT $3::text, large.number, large.payload FROM unnest($4::bigint[], $5::text[]) AS large (number, payload)
            ON CONFLICT DO NOTHING
      )
      SELECT count(pg_notify($1::text, n.payload)) FROM unnest($2::text[]) AS n (payload)`),
    fetch: statement(`SELECT payload FROM ${broadcasts} WHERE sender = $1 AND number = $2`),
    sweep: statement(`DELETE FROM ${broadcasts} WHERE created_at < now() - interval '5 minutes'`),
  };
}
