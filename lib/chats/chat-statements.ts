import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';
import type { ChatStatus } from './chat.js';
import { maxPage } from './chat-input.js';

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
  /** All, newest activity first. */
  list(type: PersonType): Statement<ListedChat>;
  /** `$2`, `$3`: the cursor to stay strictly behind; `$4`: how many rows, at most one more than the longest page. */
  page(type: PersonType): Statement<ListedChat>;
  find: Statement<FoundChat>;
  /** `$1` customer, `$2` dentist. */
  findPair: Statement<{ id: number }>;
  /** An id for a chat that is about to be started. */
  nextId: Statement<{ id: number }>;
  /** `$1` its id, `$2` customer, `$3` dentist. No row: the pair has a chat. */
  insert: Statement<FoundChat>;
}

export function createChatStatements(database: Database): ChatStatements {
  const chats = database.table('chats');
  const messages = database.table('messages');

  // The newest message is one look-up by primary key and the unread ones are counted in their partial index: what a
  // page costs depends on the page, not on the lists behind it.
  const selectListed = (from: string, other: PersonType): string => `
      SELECT c.id, c.customer_id, c.dentist_id, c.updated_at,
             m.content AS last_content, m.created_at AS last_created_at, m.sender_type AS last_sender_type,
             (SELECT count(*)::int FROM ${messages} u
               WHERE u.chat_id = c.id AND u.sender_type = '${other}' AND u.read_at IS NULL) AS unread
        FROM ${from} c
        LEFT JOIN ${messages} m ON m.chat_id = c.id AND m.id = c.last_message_id`;
  const newestFirst = 'ORDER BY c.updated_at DESC, c.id DESC';

  const list = (own: string, other: PersonType): Statement<ListedChat> =>
    statement(`${selectListed(chats, other)} WHERE c.${own} = $1 ${newestFirst}`, { rowsAtOnce });
  const lists = { customer: list('customer_id', 'dentist'), dentist: list('dentist_id', 'customer') };

  // The constant inside tells the planner how long a page can be. From `LIMIT $4` alone it expects a tenth of the list,
  // takes its plan for any page to be dear, and plans each page of a long list anew: that took as long as to read it.
  const page = (own: string, other: PersonType): Statement<ListedChat> => {
    const nearest = `(SELECT * FROM ${chats} c
        WHERE c.${own} = $1 AND (c.updated_at, c.id) < ($2::timestamptz, $3::bigint)
        ${newestFirst} LIMIT ${maxPage + 1})`;
    return statement(`${selectListed(nearest, other)} ${newestFirst} LIMIT $4`);
  };
  const pages = { customer: page('customer_id', 'dentist'), dentist: page('dentist_id', 'customer') };

  return {
    list: (type) => lists[type],
    page: (type) => pages[type],
    find: statement(`SELECT ${columns} FROM ${chats} WHERE id = $1`),
    findPair: statement(`SELECT id FROM ${chats} WHERE customer_id = $1 AND dentist_id = $2`),
    // A table's name in a literal: its own quotes are part of it, single ones are doubled.
    nextId: statement(`SELECT nextval(pg_get_serial_sequence('${chats.replaceAll("'", "''")}', 'id')) AS id`),
    insert: statement(`
      INSERT INTO ${chats} (id, customer_id, dentist_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
      RETURNING ${columns}`),
  };
}

/** Read in a millisecond. */
const rowsAtOnce = 500;

const columns = 'id, customer_id, dentist_id, status, created_at, updated_at';
