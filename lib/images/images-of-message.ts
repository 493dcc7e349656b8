import type { Database } from '../database/database.js';
import type { StoredImage } from './image.js';

/** Column of {@link StoredImage} by field. */
export const imageColumns: Record<keyof StoredImage, string> = {
  id: 'id',
  objectKey: 'object_key',
  width: 'width',
  height: 'height',
  contentType: 'content_type',
  bytes: 'bytes',
  placeholder: 'placeholder',
};

/**
 * SQL of one value: the images of the message behind `alias`, in order, as JSON of {@link StoredImage}. A page of
 * messages takes its images along in its one statement.
 */
export function imagesOfMessage(database: Database, alias: string): string {
  const fields = Object.entries(imageColumns).map(([field, column]) => `'${field}', i.${column}`);
  return `(SELECT json_agg(json_build_object(${fields.join(', ')}) ORDER BY i.position)
                FROM ${database.table('images')} i
               WHERE i.chat_id = ${alias}.chat_id AND i.message_id = ${alias}.id)`;
}
