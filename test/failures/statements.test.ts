import { expect } from 'chai';
import sinon from 'sinon';
import { statement } from '../../lib/database/statement.js';
import { cognito, diskImageStore, django, sqlDirectory } from '../../lib/index.js';
import { openSweeper } from '../images/other-process.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { declaredDoors } from '../support/declared-doors.js';
import { hostTables, makeHostTables } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/run-folder.js';
import { expectWhole } from './expect-whole.js';
import { failEach } from './fail-each.js';
import { knownStatements } from './known-statements.js';
import { hostOperations, lostCalls, silent, type Prepare } from './lost-calls.js';
import { lostRounds } from './lost-rounds.js';
import { losingSequelize, nameOf, type LosingSequelize } from './lost-statements.js';
import { watchUnhandled } from './ways.js';

/** What no caller waits for, and where it is shown that it may be lost. */
const elsewhere = [
  // test/realtime: outbox, inbox and postgres-adapter.
  'broadcast.announce',
  'broadcast.fetch',
  'broadcast.sweep',
  // test/presence/processes: who could not be taken out is reaped with the process.
  'presence.leave',
  // test/images/sweep: what could not be given up goes as what was not sent in time.
  'image.condemn',
  // test/images/pre-upload: only where two make the picture of one upload at once.
  'image.findReady',
];

/**
 * Asked a while after a mark that was lost, at whatever call's time, and asked again where it is lost itself:
 * test/messages/unsettled-reads.
 */
const atAnyTime = 'read.lately';

describe('a statement that is lost', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let losing: LosingSequelize;
  let host: ChatHost;
  let dir: string;
  let rows: Record<string, Prepare>;
  const allLost = new Set<string>();

  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
    losing = losingSequelize(database.url);
    dir = await makeFolder('images');
    const store = diskImageStore({ dir });
    const options = { database: { sequelize: losing.sequelize }, images: { store, maxUnsentPerPerson: 1_000 } };
    host = await startChatHost(options, { database });
    rows = { ...(await lostCalls(host)), ...(await lostRounds(host, options.database, store)) };
  });
  after(async () => {
    await host.close();
    await losing.sequelize.close();
    await database.drop();
  });

  it('is one of every operation, route and event that asks the database', async () => {
    const { routes, events } = await declaredDoors({
      database: { url: host.database.url },
      auth: { issuers: [cognito(host.tokens.cognito), django(host.tokens.django)] },
      directory: sqlDirectory(hostTables),
      images: { store: diskImageStore({ dir }) },
    });
    const called = new Set(Object.keys(rows).map((row) => row.split(', ')[0]));
    expect([...called].filter((name) => name?.startsWith('a ') === false).concat(silent)).to.have.members([
      ...Object.keys(hostOperations),
      ...routes.map(({ method, path }) => `${method} ${path}`),
      ...events.map(({ event }) => event),
    ]);
  });

  it('is none of what asks the database nothing', async () => {
    const { arm, disarm } = losing.losing('before it ran');
    arm(new Set());
    for (const row of silent) {
      const [method, path] = row.split(' ');
      if (path !== undefined) await host.as(null).request(path.replace('*key', 'a'), { method: method ?? 'GET' });
    }
    await host.chat.people.disconnect({ type: 'customer', id: 4 });
    expect(disarm()).to.equal(undefined);
  });

  it('fails no more than its own call, and a retry does it once, and the console is told nothing', async () => {
    const unhandled = watchUnhandled();
    const said = (['log', 'info', 'warn', 'error'] as const).map((name) => sinon.spy(console, name));
    for (const [name, prepare] of Object.entries(rows)) {
      for (const moment of ['before it ran', 'after it was done'] as const) {
        const { failed, isRead } = await failEach(`${name}, ${moment}`, prepare, losing.losing(moment), {
          // What a call can do without is lost unheard.
          codesOf: () => ['done', 'database_unavailable'],
          mayBeDone: moment === 'after it was done',
          expectWhole: (where) => expectWhole(database, dir, where),
        });
        expect(failed, name).not.to.have.lengthOf(0);
        for (const text of failed) allLost.add(text.replace(/#\d+$/, ''));
        // Where nothing is changed, both moments are one.
        if (isRead) break;
      }
    }
    expect(said.flatMap((spy) => spy.args)).to.deep.equal([]);
    sinon.restore();
    expect(unhandled()).to.deep.equal([]);
    // Each is in the host's own log, with its reason.
    expect(host.log.lines.map(({ message }) => message)).to.include('a request could not be served');
  });

  afterEach(() => sinon.restore());

  it('was each that a room writes out, but for those of which it is shown elsewhere', async () => {
    const notLost = [...(await knownStatements())]
      .filter(([, text]) => !allLost.has(nameOf(text)))
      .map(([name]) => name);
    expect(notLost.filter((name) => name !== atAnyTime)).to.have.members(elsewhere);
  });

  for (const moment of ['before it ran', 'after it was done'] as const) {
    it(`may be the one that a new connection is asked first, ${moment}`, async () => {
      const fresh = losingSequelize(database.url);
      const { database: newcomer } = openSweeper({ sequelize: fresh.sequelize }, diskImageStore({ dir }));
      const ask = () => newcomer.query(statement<{ n: number }>('SELECT 1 AS n'), []);
      const { arm, disarm } = fresh.losingFirst(moment);
      arm(new Set());
      const refused: unknown = await ask().catch((error: unknown) => error);
      expect(disarm()).to.match(/^SELECT current_setting/);
      expect(refused).to.have.property('code', 'database_unavailable');
      expect(await ask()).to.deep.equal([{ n: 1 }]);
      await fresh.sequelize.close();
    });
  }
});
