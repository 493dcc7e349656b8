import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';
import type { StoredImage } from './image.js';
import { imageColumns } from './images-of-message.js';

/** An unsent image whose objects are to go. */
export interface CondemnedRow {
  key: string;
  object_key: string | null;
}

export interface ImageStatements {
  /** `$1` keys, `$2` chat, `$3` uploader type, `$4` uploader id: those of them that are this person's, sent or not. */
  findOwn: Statement<{ key: string; content_type: string; bytes: number; ready: boolean }>;
  /** `$1` uploader type, `$2` uploader id: how many images wait to be sent, and when the first of them is given up. */
  countUnsent: Statement<{ unsent: number; first_expires_at: string | null }>;
  /** `$1` key: whether its picture is there. */
  findReady: Statement<{ id: number }>;
  /** `$1` key, `$2` object key: writes down where the picture will be. No row: given up, or uploaded anew as another. */
  reserve: Statement<{ id: number }>;
  /** `$1` key, `$2` object key, `$3` type, `$4` bytes, `$5` width, `$6` height, `$7` placeholder: the objects are there. */
  finish: Statement<{ id: number }>;
  /** `$1` chat, `$2` message, `$3` uploader type, `$4` uploader id, `$5` keys in order. */
  attach: Statement<StoredImage & { position: number }>;
  /** `$1` chat, `$2` image, of a message. */
  findSent: Statement<StoredImage>;
  /** `$1` keys: gives them up. */
  condemn: Statement<CondemnedRow>;
  /** `$1` rows: gives up what is overdue, and takes on what was given up and left. */
  condemnOverdue: Statement<CondemnedRow>;
  /** `$1` keys: forgets what was given up. What its client can still write to is kept, to be removed once more. */
  forget: Statement<never>;
  /** `$1` rows: sent images whose raw upload can be written no more. */
  findUploaded: Statement<{ key: string }>;
  /** `$1` keys: their raw uploads are gone. */
  closeUploads: Statement<never>;
}

/** A form that was begun with a link that has run out since may still come to its end. */
const uploadMargin = `interval '1 hour'`;
/** Whoever gave these up has failed to remove them, or has died. */
const retryAfter = `interval '10 minutes'`;

export function createImageStatements(database: Database): ImageStatements {
  const images = database.table('images');
  const columns = Object.entries(imageColumns)
    .map(([field, column]) => `${column} AS "${field}"`)
    .join(', ');
  const unsent = 'message_id IS NULL AND condemned_at IS NULL';
  const uploadIsOver = `(upload_expires_at IS NULL OR upload_expires_at < now() - ${uploadMargin})`;

  return {
    findOwn: statement(`
      SELECT key, content_type, bytes, width IS NOT NULL AS ready
        FROM ${images}
       WHERE key = ANY ($1::text[]) AND chat_id = $2 AND uploader_type = $3 AND uploader_id = $4
         AND condemned_at IS NULL`),

    countUnsent: statement(`
      SELECT count(*)::int AS unsent, min(expires_at) AS first_expires_at
        FROM ${images} WHERE uploader_type = $1 AND uploader_id = $2 AND ${unsent}`),

    findReady: statement(`SELECT id FROM ${images} WHERE key = $1 AND condemned_at IS NULL AND width IS NOT NULL`),

    // Put off: it is in use, so the sweep must not take it in the middle.
    reserve: statement(`
      UPDATE ${images}
         SET object_key = $2, expires_at = greatest(expires_at, now() + interval '1 hour')
       WHERE key = $1 AND ${unsent} AND (object_key IS NULL OR object_key = $2)
      RETURNING id`),

    finish: statement(`
      UPDATE ${images}
         SET content_type = $3, bytes = $4, width = $5, height = $6, placeholder = $7
       WHERE key = $1 AND object_key = $2 AND ${unsent}
      RETURNING id`),

    attach: statement(`
      UPDATE ${images}
         SET message_id = $2, position = array_position($5::text[], key) - 1
       WHERE key = ANY ($5::text[]) AND chat_id = $1 AND uploader_type = $3 AND uploader_id = $4
         AND ${unsent} AND width IS NOT NULL
      RETURNING position, ${columns}`),

    findSent: statement(`SELECT ${columns} FROM ${images} WHERE chat_id = $1 AND id = $2 AND message_id IS NOT NULL`),

    condemn: statement(`
      UPDATE ${images} SET condemned_at = now()
       WHERE key = ANY ($1::text[]) AND message_id IS NULL
      RETURNING key, object_key`),

    // Rows that another process works on are skipped: two sweeps share the work.
    condemnOverdue: statement(`
      UPDATE ${images} SET condemned_at = now()
       WHERE id IN (SELECT id FROM ${images}
                     WHERE message_id IS NULL
                       AND CASE WHEN condemned_at IS NULL THEN expires_at < now()
                                ELSE condemned_at < now() - ${retryAfter} AND ${uploadIsOver} END
                     ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING key, object_key`),

    forget: statement(`
      DELETE FROM ${images}
       WHERE key = ANY ($1::text[]) AND message_id IS NULL AND condemned_at IS NOT NULL AND ${uploadIsOver}`),

    findUploaded: statement(`
      SELECT key FROM ${images}
       WHERE upload_expires_at < now() - ${uploadMargin} AND message_id IS NOT NULL
       ORDER BY upload_expires_at LIMIT $1`),

    closeUploads: statement(`UPDATE ${images} SET upload_expires_at = NULL WHERE key = ANY ($1::text[])`),
  };
}
