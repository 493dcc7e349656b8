import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Router from '@koa/router';
import Koa from 'koa';
import sinon from 'sinon';
import { ChatSetupError, definePlugin, diskImageStore, django, sqlDirectory } from '../../lib/index.js';
import { plugin } from '../plugins/plugin.js';
import { hostTables, people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { failToMount } from './fail-to-mount.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe('a start that fails', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  function url(change: (url: URL) => void): { url: string } {
    const changed = new URL(stage.database.url);
    change(changed);
    return { url: changed.href };
  }

  it('says that nobody answers where the database should be', async () => {
    const port = await freePort();
    const error = await failToMount(stage, { database: url((given) => (given.port = String(port))) });
    expect(error.message).to.equal(
      `The chat module could not start:\n  - database: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it('says that the password is wrong, without saying it', async () => {
    const error = await failToMount(stage, { database: url((given) => (given.password = 'guessed-wrong')) });
    expect(error.message).to.match(
      /^The chat module could not start:\n  - database: password authentication failed for user/,
    );
    expect(error.stack).not.to.include('guessed-wrong');
  });

  it('says that there is no such database', async () => {
    const error = await failToMount(stage, { database: url((given) => (given.pathname = '/nowhere')) });
    expect(error.faults).to.deep.equal(['database: database "nowhere" does not exist']);
  });

  it('says what a pooler must be told, or must not do', async () => {
    const mends = {
      'unsupported startup parameter: statement_timeout': 'set ignore_startup_parameters = statement_timeout',
      'prepared statement "kc_1" already exists': 'use session pooling',
      'prepared statement "kc_1" does not exist': 'use session pooling',
    };
    for (const [complaint, mend] of Object.entries(mends)) {
      const port = await refuseConnections(complaint);
      const error = await failToMount(stage, { database: url((given) => (given.port = String(port))) });
      expect(error.faults).to.deep.equal([`database: ${complaint} (a pooler stands before the database: ${mend})`]);
    }
  });

  /** A server that speaks PostgreSQL's protocol just well enough to refuse each connection. */
  async function refuseConnections(complaint: string): Promise<number> {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${complaint}\0\0`);
    const head = Buffer.from('E\0\0\0\0');
    head.writeInt32BE(fields.length + 4, 1);
    const server = createNetServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(Buffer.concat([head, fields])));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    stage.atEnd(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  it('does not wait long for a database that says nothing', async () => {
    const silent = createNetServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    stage.atEnd(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const database = { ...url((given) => (given.port = String(port))), acquireTimeoutMs: 200 };
    const error = await stage
      .createModule({ database })
      .start()
      .catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(ChatSetupError)
      .with.property('message')
      .that.matches(/\n  - database: .+/);
  });

  it('names the step of a migration that fails, and undoes those before it', async () => {
    const migrations = [
      { name: '0001-good', sql: 'CREATE TABLE audit_log (n int)' },
      { name: '0002-bad', sql: 'CREATE TABLE audit_log_2 (n int); CREATE TABEL oh_no (n int)' },
    ];
    const database = { schema: 'failing' };
    const error = await failToMount(stage, { database, plugins: [plugin('audit', { migrations })] });
    expect(error.message).to.equal(
      'The schema "failing" could not be migrated:\n  - audit/0002-bad: syntax error at or near "TABEL"',
    );
    expect(await stage.database.query("SELECT to_regnamespace('failing') AS found")).to.deep.equal([{ found: null }]);
  });

  it('names the plugin whose start throws, and stops those before it, the last first', async () => {
    const stops: string[] = [];
    const start = (name: string, fails = false) =>
      plugin(name, {
        start: async () => {
          if (fails) throw new Error('the audit server is not there');
        },
        stop: () => void stops.push(name),
      });
    const error = await failToMount(stage, {
      plugins: [start('one'), start('two'), start('three', true), start('four')],
    });
    expect(error.message).to.equal('The plugin "three" could not start:\n  - the audit server is not there');
    expect(stops).to.deep.equal(['three', 'two', 'one']);
  });

  const never = (): Promise<void> => new Promise(() => undefined);

  it('names the plugin whose start does not end, and waits no longer', async () => {
    const stopped = sinon.spy();
    const plugins = [plugin('stuck', { start: never, stop: stopped })];
    const error = await failToMount(stage, { startTimeoutMs: 100, plugins });
    expect(error.message).to.equal(
      'The plugin "stuck" could not start:\n  - its start did not end within 100 ms (startTimeoutMs)',
    );
    expect(stopped.callCount).to.equal(1);
  });

  for (const [how, start, reason] of [
    ['does not end', never, 'its start did not end within 100 ms (startTimeoutMs)'],
    ['throws', () => Promise.reject(new Error('no such bucket')), 'no such bucket'],
  ] as const) {
    it(`names the image store whose start ${how}`, async () => {
      const close = sinon.spy(() => Promise.resolve());
      const store = { ...diskImageStore({ dir: await makeFolder('images') }), start, close };
      const error = await failToMount(stage, { startTimeoutMs: 100, images: { store } });
      expect(error.message).to.equal(`The chat module could not start:\n  - images.store: ${reason}`);
      expect(close.callCount).to.equal(1);
    });
  }

  for (const [what, customers, reason] of [
    ['table', { table: 'patients' }, 'relation "patients" does not exist'],
    ['column', { table: 'customers', dentist: 'doctor_id' }, 'column "doctor_id" does not exist'],
  ] as const) {
    it(`names the ${what} of people that is not there`, async () => {
      const directory = sqlDirectory({ ...hostTables, customers: { ...hostTables.customers, ...customers } });
      const error = await failToMount(stage, { directory });
      expect(error.message).to.equal(`The chat module could not start:\n  - directory: ${reason}`);
    });
  }

  it('names the directory whose start does not end', async () => {
    const nobody = { findPeople: () => Promise.resolve([]), findAssignedDentist: () => Promise.resolve(null) };
    const auth = { issuers: [django({ ...stage.tokens.django, actor: () => null })] };
    const error = await failToMount(stage, { auth, directory: { ...nobody, start: never }, startTimeoutMs: 100 });
    expect(error.faults).to.deep.equal(['directory: its start did not end within 100 ms (startTimeoutMs)']);
  });

  it('goes on stopping when a stop fails too, and logs it', async () => {
    const stopped = sinon.spy();
    await failToMount(stage, {
      plugins: [
        plugin('one', { stop: stopped }),
        plugin('two', { stop: () => Promise.reject(new Error('stuck')) }),
        plugin('three', { start: () => Promise.reject(new Error('no')) }),
      ],
    });
    expect(stopped.callCount).to.equal(1);
    expect(stage.log.lines.map(({ fields }) => fields['part'])).to.include('plugin "two"');
  });

  for (const encoding of ['LATIN1', 'SQL_ASCII']) {
    it(`refuses a database in ${encoding}, which does not keep every text`, async () => {
      const name = `in_${encoding.toLowerCase()}_${process.pid}`;
      await stage.database.query(
        `CREATE DATABASE ${name} ENCODING '${encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
      );
      stage.atEnd(() => stage.database.query(`DROP DATABASE ${name} WITH (FORCE)`));
      for (const migrate of [true, false]) {
        const error = await failToMount(stage, { migrate, database: url((given) => (given.pathname = `/${name}`)) });
        expect(error.message).to.equal(
          'The database cannot keep every text:\n' +
            `  - database: its encoding is ${encoding} and must be UTF8: make it with CREATE DATABASE ... ENCODING 'UTF8'`,
        );
      }
    });
  }

  it('refuses a schema that is newer than the module', async () => {
    const database = { schema: 'newer' };
    await stage.createModule({ database }).migrate();
    await stage.database.query("INSERT INTO newer.migrations (name) VALUES ('0099-from-the-future')");
    for (const migrate of [true, false]) {
      const error = await failToMount(stage, { database, migrate });
      expect(error.message).to.equal(
        'The schema "newer" is newer than this version of koa-chat-module:\n' +
          '  - it has 0099-from-the-future: run a version that knows them',
      );
    }
  });

  it('refuses an old schema where it may not migrate', async () => {
    const error = await failToMount(stage, { database: { schema: 'missing' }, migrate: false });
    expect(error.message).to.match(
      /^The schema "missing" is not up to date and migrate is false:\n  - 0001-[^]*chat\.migrate\(\) first$/,
    );
    const database = { schema: 'partly' };
    const audit = plugin('audit', { migrations: [{ name: '0001-log', sql: 'CREATE TABLE log (n int)' }] });
    await stage.createModule({ database }).migrate();
    const { faults } = await failToMount(stage, { database, migrate: false, plugins: [audit] });
    expect(faults).to.deep.equal(['audit/0001-log missing: run "koa-chat migrate" or chat.migrate() first']);
    await stage.createModule({ database, plugins: [audit] }).migrate();
    await stage.createModule({ database, migrate: false, plugins: [audit] }).start();
  });

  it('can be tried again on the same app and server', async () => {
    const broken = sinon.stub().onFirstCall().rejects(new Error('not yet')).resolves();
    const chat = stage.createModule({ plugins: [definePlugin({ name: 'late', version: '1.0.0', start: broken })] });
    const app = new Koa();
    const server = createServer(app.callback());
    const first = await chat.mount(app, server).catch((error: unknown) => error);
    expect(first).to.be.instanceOf(ChatSetupError);
    const url = await stage.listen(server);
    expect((await stage.as(null, url).get('/health')).status).to.equal(404);
    await chat.mount(app, server);
    expect((await stage.as(null, url).get('/health')).status).to.equal(200);
    await stage.connect(people.john, url);
  });

  it('leaves nothing behind when it is told to mount on something else', async () => {
    const chat = stage.createModule();
    const refused = await chat.mount(createServer() as never, new Koa() as never).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ChatSetupError);
    await expectNothingLeftOf(chat.chats.list(people.john));
    for (const [app, server] of [
      [new Router(), createServer()],
      [new Koa(), { emit: () => true }],
    ]) {
      const error = await chat.mount(app as never, server as never).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ChatSetupError);
      await expectNothingLeftOf(chat.chats.list(people.john));
    }
  });

  it('leaves nothing behind when the app does not take it', async () => {
    const chat = stage.createModule();
    const app = new Koa();
    sinon.stub(app, 'use').throws(new Error('this app is full'));
    const refused = await chat.mount(app, createServer()).catch((error: unknown) => error);
    expect(refused).to.have.property('message', 'this app is full');
    await expectNothingLeftOf(chat.chats.list(people.john));
  });

  async function expectNothingLeftOf(operation: Promise<unknown>): Promise<void> {
    const error = await operation.catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'not_started');
  }
});

async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
