import type { PersonType } from '../../lib/index.js';

export interface ListedRow {
  id: string;
  customer_id: string;
  customer_name: string;
  dentist_id: string;
  dentist_name: string;
  updated_at: Date;
  last_content: string | null;
  last_created_at: Date;
  last_sender_type: string;
  unread: number;
}

/** `$1` the person's id: all chats, newest activity first. */
export function selectChats(type: PersonType): string {
  const other = type === 'customer' ? 'dentist' : 'customer';
  return `
    SELECT c.id, c.customer_id, k.name AS customer_name, c.dentist_id, d.name AS dentist_name, c.updated_at,
           m.content AS last_content, m.created_at AS last_created_at, m.sender_type AS last_sender_type,
           (SELECT count(*)::int FROM chat.messages u
             WHERE u.chat_id = c.id AND u.sender_type = '${other}' AND u.read_at IS NULL) AS unread
      FROM chat.chats c
      JOIN customers k ON k.id = c.customer_id
      JOIN dentists d ON d.id = c.dentist_id
      LEFT JOIN chat.messages m ON m.chat_id = c.id AND m.id = c.last_message_id
     WHERE c.${type}_id = $1
     ORDER BY c.updated_at DESC, c.id DESC`;
}

export interface ChatRow {
  id: string;
  status: string;
  created_at: Date;
  updated_at: Date;
  customer_id: string;
  customer_name: string;
  customer_email: string;
  dentist_id: string;
  dentist_name: string;
  dentist_email: string;
}

/** `$1` chat, `$2` and `$3` type and id of a member. */
export const selectChat = `
  SELECT c.id, c.status, c.created_at, c.updated_at, c.customer_id, k.name AS customer_name, k.email AS customer_email,
         c.dentist_id, d.name AS dentist_name, d.email AS dentist_email
    FROM chat.chats c
    JOIN customers k ON k.id = c.customer_id
    JOIN dentists d ON d.id = c.dentist_id
   WHERE c.id = $1 AND CASE $2 WHEN 'customer' THEN c.customer_id ELSE c.dentist_id END = $3`;

export interface MessageRow {
  id: string;
  sender_type: string;
  sender_id: string;
  content: string;
  created_at: Date;
  read_at: Date | null;
}

/** `$1` chat, `$2` and `$3` type and id of a member, `$4` stay below this message, `$5` how many. */
export const selectPage = `
  SELECT m.id, m.sender_type, m.sender_id, m.content, m.created_at, m.read_at
    FROM chat.chats c JOIN chat.messages m ON m.chat_id = c.id
   WHERE c.id = $1 AND CASE $2 WHEN 'customer' THEN c.customer_id ELSE c.dentist_id END = $3 AND m.id < $4
   ORDER BY m.id DESC
   LIMIT $5`;
