import { readdir, readFile } from 'node:fs/promises';
import type { Migration } from '../plugins/plugin.js';

/** The folder is shipped beside `lib` (in the repository) and beside `dist` (in the package). */
const folder = new URL('../../migrations/', import.meta.url);

/** The module's own migrations, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.sql'.length),
      sql: await readFile(new URL(file, folder), 'utf8'),
    })),
  );
}
