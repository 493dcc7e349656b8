import type { PersonType } from './journal.js';
import type { Service } from './service.js';

/** A message as the database has it. */
export interface Stored {
  readonly id: number;
  readonly chatId: number;
  readonly content: string;
  readonly senderType: PersonType;
  readonly clientMessageId: string | null;
  /** On the clock of `performance.now()`, to the millisecond. */
  readonly at: number;
  /** Where its pictures are at the object store. */
  readonly objectKeys: readonly string[];
}

/** All messages after one, in the order of their ids. */
export async function readStored({ database }: Service, since: number): Promise<Stored[]> {
  const rows = await database.query<Stored>(
    `SELECT id::int, chat_id::int AS "chatId", content, sender_type AS "senderType",
            client_message_id AS "clientMessageId", extract(epoch FROM created_at)::float8 * 1000 AS at,
            ARRAY(SELECT object_key FROM chat.images WHERE chat_id = messages.chat_id AND message_id = messages.id
                   ORDER BY position) AS "objectKeys"
       FROM chat.messages
      WHERE id > $1
      ORDER BY id`,
    [since],
  );
  return rows.map((row) => ({ ...row, at: row.at - performance.timeOrigin }));
}
