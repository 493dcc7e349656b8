import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';

/** A chat's last message. */
export interface LastRow {
  chat_id: number;
  id: number;
}

export interface RecentStatements {
  /** `$1` chat. */
  last: Statement<LastRow>;
  /** `$1`, `$2` ids of customers and of dentists: of their chats those that were active after `$3`. */
  lastSince: Statement<LastRow>;
}

export function createRecentStatements(database: Database): RecentStatements {
  const chats = database.table('chats');
  const select = `SELECT c.id AS chat_id, c.last_message_id AS id FROM ${chats} c WHERE c.last_message_id IS NOT NULL`;
  return {
    last: statement(`${select} AND c.id = $1`),
    // Each side by its own index.
    lastSince: statement(`
      ${select} AND c.customer_id = ANY ($1::bigint[]) AND c.updated_at > $3::timestamptz
       UNION
      ${select} AND c.dentist_id = ANY ($2::bigint[]) AND c.updated_at > $3::timestamptz`),
  };
}
