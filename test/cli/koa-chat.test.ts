import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../lib/cli/command.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

const root = resolve(import.meta.dirname, '../..');
const help = '"koa-chat --help" tells more';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('koa-chat', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  /** In this process. */
  async function run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const written = { out: '', err: '' };
    const code = await runCommand(args, {
      env,
      out: (line) => (written.out += `${line}\n`),
      err: (line) => (written.err += `${line}\n`),
    });
    return { code, ...written };
  }

  /** As a shell would. */
  function spawn(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const command = ['--import', 'tsx/esm', join(root, 'lib/cli/koa-chat.ts'), ...args];
    const clean = { ...process.env, NODE_NO_WARNINGS: '1', DATABASE_URL: '', ...env };
    return new Promise((done) => {
      execFile(process.execPath, command, { cwd: root, env: clean }, (error, out, err) => {
        done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err });
      });
    });
  }

  it('migrates what --url, DATABASE_URL, --schema or --module names, and says what it ran', async function () {
    this.timeout(60_000);
    const [byUrl, byEnvironment, byModule] = await Promise.all([
      run(['migrate', '--url', database.url]),
      run(['migrate', '--schema', 'Other "One"'], { DATABASE_URL: database.url }),
      spawn(['migrate', '--module', 'test/cli/a-host.mjs'], { HOST_DATABASE_URL: database.url }),
    ]);
    for (const { code, out, err } of [byUrl, byEnvironment, byModule]) {
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.match(/^Ran 0001-chats-and-messages\nRan 0002-images\n/);
    }
    expect(byUrl.out).not.to.include('audit');
    expect(byModule.out).to.match(/\nRan audit\/0001-log\n$/);
    const schemas = await database.query<{ schema: string }>(
      "SELECT table_schema AS schema FROM information_schema.tables WHERE table_name = 'migrations' ORDER BY 1",
    );
    expect(schemas.map(({ schema }) => schema)).to.have.members(['chat', 'Other "One"', 'of_the_host']);
    expect(await run(['migrate', '--url', database.url])).to.deep.equal({
      code: 0,
      out: 'The schema is up to date.\n',
      err: '',
    });
  });

  it('says in one line what was wrong with its call, and ends with 2', async function () {
    this.timeout(60_000);
    const calls: [args: string[], err: string, env?: Record<string, string>][] = [
      [[], `the one command is "migrate"; ${help}`],
      [['rollback'], `the one command is "migrate"; ${help}`],
      [['migrate', 'now'], `the one command is "migrate"; ${help}`],
      [['migrate'], 'name the database with --url, DATABASE_URL or --module'],
      [['migrate', '--force'], `Unknown option '--force'; ${help}`],
      [['migrate', '--url'], `Option '--url <value>' argument missing; ${help}`],
      [['migrate', '--url', 'localhost'], '--url must be a postgres:// url'],
      [['migrate'], 'DATABASE_URL must be a postgres:// url', { DATABASE_URL: 'mysql://root:secret@x/y' }],
      [['migrate', '--url', database.url, '--schema', ''], '--schema must be a name of 1 to 63 bytes'],
      [
        ['migrate', '--module', 'x.js', '--schema', 'chat'],
        '--module brings its own database and schema: leave --url and --schema out',
      ],
    ];
    for (const [args, err, env] of calls) {
      expect(await run(args, env)).to.deep.equal({ code: 2, out: '', err: `koa-chat: ${err}\n` });
    }
    const spawned = await spawn(['migrate']);
    expect(spawned.code).to.equal(2);
    expect(spawned.err).to.equal('koa-chat: name the database with --url, DATABASE_URL or --module\n');
  });

  it('says in one line why it could not migrate, without the password, and ends with 1', async function () {
    this.timeout(60_000);
    await database.query('CREATE SCHEMA newer; ');
    await database.query('CREATE TABLE newer.migrations (name text PRIMARY KEY, applied_at timestamptz)');
    await database.query("INSERT INTO newer.migrations VALUES ('0099-from-the-future')");
    const wrong = new URL(database.url);
    wrong.password = 'guessed-wrong';
    const [unreachable, refused, newer, nothing, missing] = await Promise.all([
      run(['migrate', '--url', 'postgres://user:secret@127.0.0.1:1/chat']),
      run(['migrate', '--url', wrong.href]),
      run(['migrate', '--url', database.url, '--schema', 'newer']),
      run(['migrate', '--module', 'eslint.config.js']),
      run(['migrate', '--module', 'not-there.js']),
    ]);
    expect(unreachable).to.deep.equal({
      code: 1,
      out: '',
      err: 'koa-chat: The schema could not be migrated: database: connect ECONNREFUSED 127.0.0.1:1\n',
    });
    expect([refused.code, refused.out]).to.deep.equal([1, '']);
    expect(refused.err).to.match(
      /^koa-chat: The schema could not be migrated: database: password authentication failed.*\n$/,
    );
    expect(newer).to.deep.equal({
      code: 1,
      out: '',
      err:
        'koa-chat: The schema "newer" is newer than this version of koa-chat-module: ' +
        'it has 0099-from-the-future: run a version that knows them\n',
    });
    expect(nothing).to.deep.equal({
      code: 1,
      out: '',
      err: 'koa-chat: eslint.config.js has no chat module as its default export\n',
    });
    expect(missing.code).to.equal(1);
    expect(missing.err).to.match(/^koa-chat: Cannot find module .*not-there\.js.*\n$/);
  });

  it('tells how it is called', async () => {
    const { code, out } = await run(['--help']);
    expect(code).to.equal(0);
    expect(out).to.match(/^Usage: koa-chat migrate \[options\]\n/);
  });
});
