import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { ChatSetupError, createChatModule, django } from '../../lib/index.js';
import type { ChatModule, DatabaseOptions, Plugin } from '../../lib/index.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';
import { recordingLogger } from '../support/recording-logger.js';

describe('migrations', () => {
  let database: TestDatabase;
  let log = recordingLogger();
  before(async () => {
    database = await createTestDatabase();
  });
  beforeEach(() => {
    log = recordingLogger();
  });
  after(() => database.drop());

  function createModule(options: DatabaseOptions, plugins: readonly Plugin[] = []): ChatModule {
    return createChatModule({
      database: { url: database.url, ...options },
      auth: { issuers: [django({ secret: 'a secret of forty characters for the test' })] },
      directory: {
        findPeople: () => Promise.resolve([]),
        findAssignedDentist: () => Promise.resolve(null),
        findByLogin: () => Promise.resolve(null),
      },
      plugins,
      logger: log,
    });
  }

  const plugin = (name: string, ...steps: [name: string, sql: string][]): Plugin => ({
    name,
    version: '1.0.0',
    migrations: steps.map(([step, sql]) => ({ name: step, sql })),
  });

  async function journalOf(schema: string): Promise<string[]> {
    const rows = await database.query<{ name: string }>(
      `SELECT name FROM ${schema}.migrations ORDER BY applied_at, name`,
    );
    return rows.map(({ name }) => name);
  }

  it('run once, whatever number of processes start at once', async function () {
    this.timeout(60_000);
    const script = join(import.meta.dirname, 'migrate-when-told.ts');
    const children = Array.from({ length: 10 }, () =>
      spawn(process.execPath, ['--import', 'tsx/esm', script, database.url, 'raced'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const outputs = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    for (const output of outputs) expect(await nextLine(output)).to.equal('ready');
    for (const child of children) child.stdin.write('go\n');
    const ran = await Promise.all(outputs.map(async (output) => JSON.parse(await nextLine(output)) as string[]));
    const codes = await Promise.all(
      children.map(async (child) => child.exitCode ?? ((await once(child, 'exit')) as [number])[0]),
    );
    expect(codes).to.deep.equal(children.map(() => 0));
    const [first, ...others] = ran.sort((a, b) => b.length - a.length);
    expect(first).to.deep.equal(await journalOf('raced'));
    expect(first).to.include('0001-chats-and-messages');
    expect(others).to.deep.equal(others.map(() => []));
  });

  it('say what they ran, once', async () => {
    const chat = createModule({ schema: 'said' });
    const ran = await chat.migrate();
    expect(ran).to.deep.equal(await journalOf('said'));
    expect(await chat.migrate()).to.deep.equal([]);
    expect(log.lines.filter(({ message }) => message === 'schema migrated')).to.have.lengthOf(1);
  });

  it("run plugins' steps after the module's own, by name, each below its plugin's", async () => {
    const log1: [string, string] = ['0001-log', 'CREATE TABLE log (n int)'];
    const log2: [string, string] = ['0002-more', 'ALTER TABLE log ADD COLUMN m int'];
    const first = await createModule({ schema: 'plugged' }, [plugin('audit', log1)]).migrate();
    expect(first.at(-1)).to.equal('audit/0001-log');
    expect(first[0]).to.equal('0001-chats-and-messages');
    const later = [plugin('audit', log2, log1), plugin('abc', ['0001-log', 'CREATE TABLE abc AS SELECT m FROM log'])];
    expect(await createModule({ schema: 'plugged' }, later).migrate()).to.deep.equal([
      'audit/0002-more',
      'abc/0001-log',
    ]);
    const tables = await database.query(
      "SELECT table_schema AS s FROM information_schema.tables WHERE table_name IN ('log', 'abc')",
    );
    expect(tables).to.deep.equal([{ s: 'plugged' }, { s: 'plugged' }]);
    // The plugin is gone, and its tables may stay.
    expect(await createModule({ schema: 'plugged' }).migrate()).to.deep.equal([]);
  });

  it('find the schema in front whatever a step before them has set', async () => {
    const plugins = [
      plugin('one', ['0001-strays', 'SET LOCAL search_path TO public; CREATE TABLE strayed (n int)']),
      plugin('two', ['0001-stays', 'CREATE TABLE stayed (n int)']),
    ];
    await createModule({ schema: 'front' }, plugins).migrate();
    const tables = await database.query(
      "SELECT table_schema AS s FROM information_schema.tables WHERE table_name IN ('strayed', 'stayed') ORDER BY table_name",
    );
    expect(tables).to.deep.equal([{ s: 'front' }, { s: 'public' }]);
  });

  it('may take longer than statements may, and wait for one another as long', async () => {
    const slow = plugin('slow', ['0001-sleep', 'SELECT pg_sleep(0.7)']);
    const schema = 'slow';
    const options = { schema, statementTimeoutMs: 100 };
    const both = await Promise.all([createModule(options, [slow]).migrate(), createModule(options, [slow]).migrate()]);
    expect(both.flat().filter((name) => name === 'slow/0001-sleep')).to.have.lengthOf(1);
  });

  it('leave nothing behind when a step fails, and run when it is mended', async () => {
    const broken = plugin('audit', ['0001-a', 'CREATE TABLE a (n int)'], ['0002-b', 'CREATE TABLE a (n int)']);
    const error = await createModule({ schema: 'mended' }, [broken])
      .migrate()
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ChatSetupError);
    expect(error)
      .to.have.property('message')
      .that.equals('The schema "mended" could not be migrated:\n  - audit/0002-b: relation "a" already exists');
    const mended = plugin('audit', ['0001-a', 'CREATE TABLE a (n int)'], ['0002-b', 'CREATE TABLE b (n int)']);
    expect(await createModule({ schema: 'mended' }, [mended]).migrate()).to.include.members([
      'audit/0001-a',
      'audit/0002-b',
    ]);
  });

  const outOfHand: Record<string, string> = {
    'a COMMIT in the middle': 'CREATE TABLE kept (n int); COMMIT; CREATE TABLE more (n int)',
    'a COMMIT in other letters, after a comment': 'CREATE TABLE kept (n int); /* ; */ Commit -- done',
    'a transaction of its own': 'BEGIN; CREATE TABLE kept (n int); COMMIT;',
    'a ROLLBACK': 'CREATE TABLE kept (n int); ROLLBACK',
    'a SAVEPOINT': 'SAVEPOINT here; CREATE TABLE kept (n int)',
    'a COMMIT in a block': 'CREATE TABLE kept (n int); DO $$ BEGIN COMMIT; END $$',
  };
  for (const [what, sql] of Object.entries(outOfHand)) {
    it(`say which step has ${what}, and keep nothing of any`, async () => {
      const error = await createModule({ schema: 'kept' }, [plugin('audit', ['0001-kept', sql])])
        .migrate()
        .catch((reason: unknown) => reason);
      expect(error)
        .to.have.property('message')
        .that.equals(
          'The schema "kept" could not be migrated:\n  - audit/0001-kept: has a COMMIT, a BEGIN or another command of transactions: take it out, all steps run in one transaction',
        );
      expect(await database.query("SELECT to_regnamespace('kept') AS schema")).to.deep.equal([{ schema: null }]);
    });
  }

  it('take what only looks like an end of the transaction, and text of every kind', async () => {
    const sql = `
      CREATE TABLE words (word text DEFAULT 'it''s; COMMIT;' /* COMMIT; */); -- COMMIT;
      INSERT INTO words VALUES ('back\\slash'), (E'tab\\t'), ($a$ $$ COMMIT; $$ $a$);
      CREATE FUNCTION shout(word text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN upper(word); END $$;
      CREATE FUNCTION whisper(word text) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT lower(word); END;
      SELECT shout(word) AS word INTO shouted FROM words -- the end`;
    await createModule({ schema: 'taken' }, [plugin('audit', ['0001-words', sql])]).migrate();
    expect(await database.query('SELECT word FROM taken.shouted ORDER BY word')).to.have.deep.members([
      { word: 'BACK\\SLASH' },
      { word: 'TAB\t' },
      { word: ' $$ COMMIT; $$ ' },
    ]);
  });

  it('say in a ChatSetupError that the database cannot be reached', async () => {
    const url = new URL(database.url);
    url.password = 'guessed-wrong';
    const error = await createModule({ url: url.href })
      .migrate()
      .catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(ChatSetupError)
      .with.property('message')
      .that.matches(/^The schema could not be migrated:\n  - database: password authentication failed/);
  });

  describe('for a role with few rights', () => {
    async function urlOf(role: string, ...grants: string[]): Promise<string> {
      await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'few-rights'`);
      for (const grant of grants) await database.query(grant);
      const url = new URL(database.url);
      url.username = role;
      url.password = 'few-rights';
      return url.href;
    }

    const roles: string[] = [];
    afterEach(async () => {
      for (const role of roles.splice(0))
        await database.query(`DROP OWNED BY ${role}`).then(() => database.query(`DROP ROLE ${role}`));
    });
    /** Roles are the whole server's, so each has a name of its own. */
    function newRole(): string {
      const role = `koa_chat_test_${process.pid}_${Date.now()}`;
      roles.push(role);
      return role;
    }

    it('work in a schema that was made for it', async () => {
      const role = newRole();
      const url = await urlOf(role, `CREATE SCHEMA given AUTHORIZATION ${role}`);
      const chat = createModule({ url, schema: 'given' });
      expect(await chat.migrate()).to.not.deep.equal([]);
      await chat.start();
      await chat.close();
    });

    it('say what it lacks where there is no schema', async () => {
      const url = await urlOf(newRole());
      const error = await createModule({ url, schema: 'not_given' })
        .migrate()
        .catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(ChatSetupError)
        .with.property('message')
        .that.matches(/^The schema could not be migrated:\n  - permission denied for database/);
    });

    it('need no rights where there is nothing to do', async () => {
      await createModule({ schema: 'current' }).migrate();
      const role = newRole();
      const url = await urlOf(
        role,
        `GRANT USAGE ON SCHEMA current TO ${role}`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA current TO ${role}`,
        `GRANT USAGE ON ALL SEQUENCES IN SCHEMA current TO ${role}`,
      );
      const chat = createModule({ url, schema: 'current' });
      await chat.start();
      await chat.close();
    });
  });
});

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const line = await lines.next();
  return line.done === true ? '' : line.value;
}
