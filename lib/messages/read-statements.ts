import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';

export interface MarkedOne {
  customer_id: number;
  dentist_id: number;
  /** Null where the chat has no such message. */
  sender_type: PersonType | null;
  /** When it had been read before, and when this statement marked it. */
  read_at: string | null;
  marked_at: string | null;
}

export interface MarkedUpTo {
  customer_id: number;
  dentist_id: number;
  ids: number[] | null;
  marked_at: string | null;
}

/** What was marked at once. */
export interface Mark {
  ids: number[];
  read_at: string;
}

export interface ReadStatements {
  /** `$1` chat, `$2` message, `$3` reader type, `$4` reader id. No row: no such chat. */
  one: Statement<MarkedOne>;
  /** `$1` chat, `$2` newest message to mark, `$3` reader type, `$4` reader id. No row: no such chat. */
  upTo: Statement<MarkedUpTo>;
  /** `$1` chat, `$2` reader type, `$3` in the last so many milliseconds: of the newest thousand messages. */
  lately: Statement<Mark>;
}

export function createReadStatements(database: Database): ReadStatements {
  const chats = database.table('chats');
  const messages = database.table('messages');
  const isReader = `CASE $3::text WHEN 'customer' THEN chat.customer_id ELSE chat.dentist_id END = $4::bigint`;

  return {
    one: statement(`
      WITH chat AS MATERIALIZED (
        SELECT c.customer_id, c.dentist_id, m.sender_type, m.read_at
          FROM ${chats} c LEFT JOIN ${messages} m ON m.chat_id = c.id AND m.id = $2::bigint
         WHERE c.id = $1::bigint
      ), marked AS (
        UPDATE ${messages} m SET read_at = clock_timestamp() FROM chat
         WHERE m.chat_id = $1::bigint AND m.id = $2::bigint AND m.read_at IS NULL AND m.sender_type <> $3::text
           AND ${isReader}
        RETURNING m.read_at
      )
      SELECT chat.*, marked.read_at AS marked_at FROM chat LEFT JOIN marked ON true`),

    // Locked in id order, so that two devices that read at once wait for each other instead of deadlocking.
    upTo: statement(`
      WITH chat AS MATERIALIZED (
        SELECT customer_id, dentist_id FROM ${chats} WHERE id = $1::bigint
      ), unread AS MATERIALIZED (
        SELECT m.id FROM ${messages} m, chat
         WHERE m.chat_id = $1::bigint AND m.sender_type = CASE $3::text WHEN 'customer' THEN 'dentist' ELSE 'customer' END
           AND m.read_at IS NULL AND m.id <= $2::bigint AND ${isReader}
         ORDER BY m.id FOR NO KEY UPDATE OF m
      ), now AS MATERIALIZED (
        SELECT clock_timestamp() AS at
      ), marked AS (
        UPDATE ${messages} m SET read_at = now.at FROM unread, now
         WHERE m.chat_id = $1::bigint AND m.id = unread.id
        RETURNING m.id, m.read_at
      )
      SELECT chat.customer_id, chat.dentist_id, all_marked.ids, all_marked.marked_at
        FROM chat, (SELECT array_agg(id ORDER BY id) AS ids, max(read_at) AS marked_at FROM marked) all_marked`),

    lately: statement(`
      SELECT array_agg(id ORDER BY id) AS ids, read_at
        FROM (SELECT id, sender_type, read_at FROM ${messages} WHERE chat_id = $1::bigint ORDER BY id DESC LIMIT 1000) newest
       WHERE sender_type <> $2::text AND read_at >= clock_timestamp() - $3::bigint * interval '1 ms'
       GROUP BY read_at ORDER BY read_at`),
  };
}
