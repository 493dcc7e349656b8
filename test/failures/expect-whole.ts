import { expect } from 'chai';
import { objectsIn } from '../images/support.js';
import type { TestDatabase } from '../support/postgres.js';

/**
 * No message without its pictures, none with fewer than it was sent with, and no object of the disk store that no row
 * knows of.
 */
export async function expectWhole(database: TestDatabase, dir: string, where: string): Promise<void> {
  const empty = await database.query(
    `SELECT id FROM chat.messages m WHERE content = '' AND NOT EXISTS
       (SELECT 1 FROM chat.images i WHERE i.message_id = m.id)`,
  );
  expect(empty, where).to.deep.equal([]);
  const rows = await database.query<{ key: string; object_key: string | null; message_id: number | null }>(
    'SELECT key, object_key, message_id FROM chat.images',
  );
  const nameOf = (key: string | null): string => String(key).split('/').at(-1) ?? '';
  const known = new Set(
    rows.flatMap(({ key, object_key }) => [nameOf(key), nameOf(object_key), `${nameOf(object_key)}-thumbnail`]),
  );
  const stored = await objectsIn(dir);
  const orphans = stored.filter((name) => !known.has(name));
  expect(orphans, where).to.deep.equal([]);
  for (const { object_key } of rows.filter(({ message_id }) => message_id !== null)) {
    expect(stored, where).to.include.members([nameOf(object_key), `${nameOf(object_key)}-thumbnail`]);
  }
}
