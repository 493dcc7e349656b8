import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { errorCatalogue } from '../lib/errors.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('lists every error that a client can get, with its status and its message', () => {
    const [, table = ''] = /<!-- errors:.*?-->\n([\s\S]*?)\n<!-- \/errors -->/.exec(readme) ?? [];
    const listed = table
      .split('\n')
      .filter((row) => row.startsWith('| `'))
      .map((row) => row.split('|').map((cell) => cell.trim()));
    const rows = Object.entries(errorCatalogue).map(([code, { status, message }]) => [
      '',
      `\`${code}\``,
      String(status),
      message,
      '',
    ]);
    expect(listed).to.deep.equal(rows);
  });
});
