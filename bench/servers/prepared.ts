import pg from 'pg';
import { programInput } from '../programs/serve-calls.js';
import { serve } from './serve.js';
import { chatServer } from './yardstick.js';

// Yardstick (b), the hand-written service: one prepared statement a message. It checks the sender, inserts, and moves
// the chat to the top of its lists.

const { url, poolSize, packages = [] } = programInput<{ url: string; poolSize: number; packages?: string[] }>();
await Promise.all(packages.map((name) => import(name)));
const pool = new pg.Pool({ connectionString: url, max: poolSize });
pool.on('error', () => undefined);

const text = `
  WITH sent AS (
    INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, created_at)
    SELECT nextval('chat.message_ids'), id, $2, $3, $4, now() FROM chat.chats
     WHERE id = $1 AND status = 'active' AND CASE $2 WHEN 'customer' THEN customer_id ELSE dentist_id END = $3
    RETURNING id, chat_id, created_at
  ), touched AS (
    UPDATE chat.chats SET last_message_id = sent.id, updated_at = sent.created_at FROM sent WHERE chats.id = sent.chat_id
  )
  SELECT id, created_at FROM sent`;

interface Row {
  id: string;
  created_at: Date;
}

// A service that cannot reach its database should not begin to serve.
await pool.query('SELECT 1');
await serve(
  chatServer(async ({ type, id: senderId }, { sessionId, content }) => {
    const { rows } = await pool.query<Row>({ name: 'send', text, values: [sessionId, type, senderId, content] });
    const [row] = rows;
    if (row === undefined) return undefined;
    const createdAt = row.created_at.toISOString();
    return { id: Number(row.id), sessionId, senderType: type, senderId, content, imageUrls: [], createdAt };
  }),
);
