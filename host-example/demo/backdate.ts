import type { Pool } from 'pg';

/**
 * Lets seeded messages be as old as they say. The one place that writes into the chat's own tables, and for the demo's
 * sake alone: a message's time is the chat's to give, and a host leaves those tables to the chat.
 */
export async function backdate(
  database: Pool,
  chatId: number,
  messages: readonly { readonly id: number; readonly at: Date }[],
): Promise<void> {
  const ids = messages.map(({ id }) => id);
  const times = messages.map(({ at }) => at);
  await database.query(
    `WITH moved AS (
       UPDATE chat.messages
          SET created_at = given.at, read_at = CASE WHEN read_at IS NULL THEN NULL ELSE given.at + interval '2 minutes' END
         FROM unnest($2::bigint[], $3::timestamptz[]) AS given (id, at)
        WHERE messages.chat_id = $1 AND messages.id = given.id
     )
     UPDATE chat.chats SET created_at = $4, updated_at = $5 WHERE id = $1`,
    [chatId, ids, times, times[0], times.at(-1)],
  );
}
