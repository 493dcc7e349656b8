import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stopTestServer } from '../support/postgres.js';
import { removeRunFolder } from '../support/run-folder.js';
import { freshContracts } from './fresh-contracts.js';

// `npm run contracts`: writes what the module serves to the files that the package brings along.
const folder = resolve(import.meta.dirname, '../../lib/contracts');

try {
  for (const [name, document] of await freshContracts()) {
    const filepath = join(folder, name);
    const options = await resolveConfig(filepath);
    await writeFile(filepath, await format(JSON.stringify(document), { ...options, filepath }));
    console.log(`lib/contracts/${name}`);
  }
} finally {
  await stopTestServer();
  await removeRunFolder();
}
