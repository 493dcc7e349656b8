import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';
import type { ChatStatus } from '../chats/chat.js';

/** What became of one message: the chat as it was under its lock, and the new row where one was written. */
export interface WrittenRow {
  customer_id: number;
  dentist_id: number;
  status: ChatStatus;
  /** Null when nothing was written: the sender is a stranger, the chat is closed, or the client's id was used before. */
  id: number | null;
  /** That of the message; without one of no meaning. */
  created_at: string | null;
  /** The chat's last message before this statement. */
  previous_id: number | null;
}

export interface SendStatements {
  /** `$1` chat, `$2` sender type, `$3` sender id, `$4` content, `$5` client message id, `$6` fingerprint, `$7` images. */
  one: Statement<WrittenRow>;
  /** The same as arrays of equal length; one row for each message whose chat exists, `n` its place from 1. */
  many: Statement<WrittenRow & { n: number }>;
  /** `$1` chat, `$2` sender type, `$3` client message id. */
  findByClientId: Statement<{ id: number; client_fingerprint: Buffer | null }>;
}

/**
 * The statements that write messages. Each locks the chats first, in id order, and takes ids only then: so that within
 * a chat the order of ids is the order of commits, and two statements cannot deadlock. Ids come in the order of
 * arrival. The lock is taken FOR NO KEY UPDATE, which foreign keys to the chat do not wait for.
 */
export function createSendStatements(database: Database): SendStatements {
  const chats = database.table('chats');
  const messages = database.table('messages');
  // A sequence's name in a literal: its own quotes are part of it, single ones are doubled.
  const nextId = `nextval('${database.table('message_ids').replaceAll("'", "''")}')`;
  const isSender = (type: string, id: string): string =>
    `CASE ${type} WHEN 'customer' THEN chat.customer_id ELSE chat.dentist_id END = ${id}`;

  return {
    one: statement(`
      WITH chat AS MATERIALIZED (
        SELECT id, customer_id, dentist_id, status, last_message_id AS previous_id
          FROM ${chats} WHERE id = $1::bigint FOR NO KEY UPDATE
      ), sent AS (
        INSERT INTO ${messages} (id, chat_id, sender_type, sender_id, content, client_message_id, client_fingerprint,
                                 image_count, created_at)
        SELECT ${nextId}, chat.id, $2::text, $3::bigint, $4::text, $5::text, $6::bytea, $7::smallint, clock_timestamp()
          FROM chat
         WHERE chat.status = 'active' AND ${isSender('$2::text', '$3::bigint')}
            ON CONFLICT DO NOTHING
        RETURNING id, chat_id, created_at
      ), touched AS (
        UPDATE ${chats} c SET last_message_id = sent.id, updated_at = sent.created_at FROM sent WHERE c.id = sent.chat_id
      )
      SELECT chat.customer_id, chat.dentist_id, chat.status, sent.id, sent.created_at, previous_id
        FROM chat LEFT JOIN sent ON true`),

    // What was written is told by `IN`, which is hashed whatever the planner expects: it expects one row here and there,
    // and would join in nested loops. The clock is read with the id, so that both ascend together.
    many: statement(`
      WITH chat AS MATERIALIZED (
        SELECT id, customer_id, dentist_id, status, last_message_id AS previous_id
          FROM ${chats} WHERE id = ANY ($1::bigint[])
         ORDER BY id FOR NO KEY UPDATE
      ), judged AS MATERIALIZED (
        SELECT i.*, chat.customer_id, chat.dentist_id, chat.status, chat.previous_id,
               chat.status = 'active' AND ${isSender('i.sender_type', 'i.sender_id')} AS may_send
          FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[]) WITH ORDINALITY
               AS i (chat_id, sender_type, sender_id, content, client_message_id, client_fingerprint, n)
          JOIN chat ON chat.id = i.chat_id
         ORDER BY i.n
      ), numbered AS MATERIALIZED (
        SELECT CASE WHEN may_send THEN ${nextId} END AS id, clock_timestamp()::timestamptz(3) AS created_at, judged.*
          FROM judged
      ), sent AS (
        INSERT INTO ${messages} (id, chat_id, sender_type, sender_id, content, client_message_id, client_fingerprint,
                                 created_at)
        SELECT id, chat_id, sender_type, sender_id, content, client_message_id, client_fingerprint, created_at
          FROM numbered WHERE may_send ORDER BY n
            ON CONFLICT DO NOTHING
        RETURNING id, chat_id, created_at
      ), touched AS (
        UPDATE ${chats} c SET last_message_id = newest.id, updated_at = newest.created_at
          FROM (SELECT DISTINCT ON (chat_id) chat_id, id, created_at FROM sent ORDER BY chat_id, id DESC) newest
         WHERE c.id = newest.chat_id
      )
      SELECT n::int AS n, customer_id, dentist_id, status,
             CASE WHEN id IN (SELECT id FROM sent) THEN id END AS id, created_at, previous_id
        FROM numbered`),

    findByClientId: statement(`
      SELECT id, client_fingerprint FROM ${messages}
       WHERE chat_id = $1 AND sender_type = $2 AND client_message_id = $3`),
  };
}

/** A message on its way into the database. */
export interface MessageRow {
  readonly chatId: number;
  readonly senderType: PersonType;
  readonly senderId: number;
  readonly content: string;
  readonly clientMessageId: string | undefined;
  readonly fingerprint: Buffer | undefined;
}
