import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';
import type { ChatStatus } from './chat.js';

export interface ListedChat {
  id: number;
  customer_id: number;
  dentist_id: number;
  updated_at: string;
  last_content: string | null;
  last_created_at: string | null;
  last_sender_type: PersonType | null;
  unread: number;
}

export interface FoundChat {
  id: number;
  customer_id: number;
  dentist_id: number;
  status: ChatStatus;
  created_at: string;
  updated_at: string;
}

/** The hot statements of the room. `$1` is always the person's (or the chat's) id. */
export interface ChatStatements {
  /** `$2`, `$3`: the cursor to stay strictly behind; `$4`: how many rows, null for all. */
  list(type: PersonType): Statement<ListedChat>;
  find: Statement<FoundChat>;
  listIds(type: PersonType): Statement<{ id: number }>;
}

export function createChatStatements(database: Database): ChatStatements {
  const chats = database.table('chats');
  const messages = database.table('messages');

  // The newest message is one look-up by primary key and the unread ones are counted in their partial index: what a
  // page costs depends on the page, not on the lists behind it.
  const list = (own: string, other: PersonType): Statement<ListedChat> =>
    statement(`
      SELECT c.id, c.customer_id, c.dentist_id, c.updated_at,
             m.content AS last_content, m.created_at AS last_created_at, m.sender_type AS last_sender_type,
             (SELECT count(*)::int FROM ${messages} u
               WHERE u.chat_id = c.id AND u.sender_type = '${other}' AND u.read_at IS NULL) AS unread
        FROM ${chats} c
        LEFT JOIN ${messages} m ON m.chat_id = c.id AND m.id = c.last_message_id
       WHERE c.${own} = $1 AND (c.updated_at, c.id) < ($2::timestamptz, $3::bigint)
       ORDER BY c.updated_at DESC, c.id DESC
       LIMIT $4`);
  const lists = { customer: list('customer_id', 'dentist'), dentist: list('dentist_id', 'customer') };

  const listIds = (own: string): Statement<{ id: number }> =>
    statement(`SELECT id FROM ${chats} WHERE ${own} = $1 ORDER BY id`);
  const idLists = { customer: listIds('customer_id'), dentist: listIds('dentist_id') };

  return {
    list: (type) => lists[type],
    find: statement(`SELECT id, customer_id, dentist_id, status, created_at, updated_at FROM ${chats} WHERE id = $1`),
    listIds: (type) => idLists[type],
  };
}
