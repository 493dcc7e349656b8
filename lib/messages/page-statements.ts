import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';
import type { StoredImage } from '../images/image.js';

/** A message as its statements return it. */
export interface MessageRecord {
  id: number;
  sender_type: PersonType;
  sender_id: number;
  content: string;
  created_at: string;
  read_at: string | null;
  client_message_id: string | null;
  images: StoredImage[] | null;
}

/** A row of a page: the chat's members, and a message, or nulls in an empty page. */
export interface PageRow extends Omit<MessageRecord, 'id'> {
  customer_id: number;
  dentist_id: number;
  id: number | null;
}

export interface PageStatements {
  /** `$1` chat, `$2` stay strictly below this id, `$3` rows: the newest first. No row at all: no such chat. */
  before: Statement<PageRow>;
  /** `$1` chat, `$2` stay strictly above this id, `$3` rows: the oldest first. */
  after: Statement<PageRow>;
  /** `$1` chat, `$2` message. */
  one: Statement<MessageRecord>;
}

/** `imagesOf` is SQL of one value: the images of the message behind an alias, as JSON of {@link StoredImage}. */
export function createPageStatements(database: Database, imagesOf: (alias: string) => string): PageStatements {
  const chats = database.table('chats');
  const messages = database.table('messages');
  const columns = `m.id, m.sender_type, m.sender_id, m.content, m.created_at, m.read_at, m.client_message_id,
             CASE WHEN m.image_count > 0 THEN ${imagesOf('m')} END AS images`;

  // A range of the primary key, read in one direction: what it touches is the page, however long the chat.
  const page = (range: string, order: 'ASC' | 'DESC'): Statement<PageRow> =>
    statement(`
      SELECT c.customer_id, c.dentist_id, p.*
        FROM ${chats} c
        LEFT JOIN LATERAL (
          SELECT ${columns}
            FROM ${messages} m
           WHERE m.chat_id = c.id AND m.id ${range}
           ORDER BY m.id ${order}
           LIMIT $3) p ON true
       WHERE c.id = $1`);

  return {
    before: page('< $2', 'DESC'),
    after: page('> $2', 'ASC'),
    one: statement(`SELECT ${columns} FROM ${messages} m WHERE m.chat_id = $1 AND m.id = $2`),
  };
}
