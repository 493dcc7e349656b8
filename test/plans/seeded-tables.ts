import { createChatModule, django, sqlDirectory } from '../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

/** What is in the seeded tables. */
export const seeded = {
  /** Chat `n` is customer `n`'s. The first dentist has these, the others one each. */
  chatsOfFirstDentist: 5_000,
  chats: 8_000,
  /** Of chat 1; the other chats have five each. */
  inLongChat: 10_000,
  /** Of the customer's, in chat 1. */
  unreadInLongChat: 40,
  /** Customers who are online, in one process that lives. */
  online: 2_000,
  processId: '6f1d2c1e-7f0d-4a53-9a53-0d6f3d0f8a11',
} as const;

/** A migrated database with enough in it that reading a table from end to end is never the cheapest way. */
export async function seedTables(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const issuers = [django({ secret: 'x'.repeat(32), actor: () => null })];
  const directory = sqlDirectory({ customers: { table: 'customers' }, dentists: { table: 'dentists' } });
  await createChatModule({ database: { url: database.url }, auth: { issuers }, directory }).migrate();
  for (const statement of statements) await database.query(statement);
  return database;
}

const { chatsOfFirstDentist, chats, inLongChat, unreadInLongChat, online, processId } = seeded;

const statements = [
  `INSERT INTO chat.chats (id, customer_id, dentist_id, updated_at)
   SELECT n, n, CASE WHEN n <= ${chatsOfFirstDentist} THEN 1 ELSE n END, timestamptz '2026-01-15' + n * interval '1 second'
     FROM generate_series(1, ${chats}) n`,
  // Ids in the order of time, so that a chat's messages lie scattered, as they do in life.
  `INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, image_count, created_at, read_at, client_message_id)
   SELECT row_number() OVER (ORDER BY turn, chat_id), chat_id,
          CASE turn % 2 WHEN 0 THEN 'customer' ELSE 'dentist' END, CASE turn % 2 WHEN 0 THEN chat_id ELSE 1 END,
          'The aligners of week ' || turn % 40 || ' fit.', CASE turn % 5 WHEN 0 THEN 1 ELSE 0 END,
          timestamptz '2026-01-15' + turn * interval '1 second',
          CASE WHEN turn <= turns - ${2 * unreadInLongChat} * turns / ${inLongChat} - 1 THEN now() END, 'id-' || turn
     FROM (SELECT chat_id, CASE chat_id WHEN 1 THEN ${inLongChat} ELSE 5 END AS turns
             FROM generate_series(1, ${chats}) chat_id) lengths, generate_series(1, turns) turn`,
  `UPDATE chat.chats c SET last_message_id = m.id
     FROM (SELECT chat_id, max(id) AS id FROM chat.messages GROUP BY chat_id) m WHERE m.chat_id = c.id`,
  `INSERT INTO chat.images (key, chat_id, uploader_type, uploader_id, message_id, position, content_type, bytes, width,
                            height, placeholder, object_key, expires_at)
   SELECT 'images/' || id, chat_id, sender_type, sender_id, id, 0, 'image/jpeg', 1000, 10, 10, '', 'objects/' || id, now()
     FROM chat.messages WHERE image_count > 0`,
  `INSERT INTO chat.processes VALUES ('${processId}', now() + interval '1 hour')`,
  `INSERT INTO chat.presence SELECT 'customer', n, '${processId}' FROM generate_series(1, ${online}) n`,
  `SELECT setval('chat.message_ids', (SELECT max(id) FROM chat.messages))`,
  'VACUUM (ANALYZE) chat.chats, chat.messages, chat.images, chat.presence, chat.processes',
];
