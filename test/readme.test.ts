import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { cognito } from '../lib/index.js';
import { errorCatalogue } from '../lib/errors.js';
import { parseConfig } from '../lib/config/parse-config.js';

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

  it('names every option that has a default', () => {
    const config = parseConfig({
      database: { url: 'postgres://127.0.0.1/host' },
      auth: { issuers: [cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_Example', clientId: 'app' })] },
      directory: { findPeople: async () => [], findAssignedDentist: async () => null, findByLogin: async () => null },
    });
    const sections = ['database', 'auth', 'access', 'messages', 'images', 'realtime', 'http', 'limits'] as const;
    const options = [
      ...Object.keys(config).filter((name) => !sections.some((section) => section === name)),
      ...sections.flatMap((section) => Object.keys(config[section])),
    ];
    // As `http.basePath`, or as `.healthPath` after another of its section.
    expect(options.filter((option) => !new RegExp(`[\`.]${option}\``).test(readme))).to.deep.equal([]);
  });
});
