import pg from 'pg';
import type { TestDatabase } from './postgres.js';

/** Makes whatever reads or writes a table wait (`SHARE`: whatever writes it), until it is released. */
export async function lockTable(
  database: TestDatabase,
  table: string,
  mode: 'ACCESS EXCLUSIVE' | 'SHARE' = 'ACCESS EXCLUSIVE',
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ${mode} MODE`);
  return {
    release: async () => {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}
