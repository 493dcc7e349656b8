import { createRequire } from 'node:module';
import { expect } from 'chai';
import olderPg from 'pg-8.11';
import { BaseError, Sequelize } from 'sequelize';
import type { Options } from 'sequelize';
import { databaseSchema } from '../../lib/config/options-schema.js';
import { openDatabase } from '../../lib/database/open-database.js';
import { statement } from '../../lib/database/statement.js';
import type { ChatModule, ChatModuleOptions } from '../../lib/index.js';
import { openStage } from '../lifecycle/stage.js';
import type { Stage } from '../lifecycle/stage.js';
import { people } from '../support/host-tables.js';
import { startProxy } from '../support/tcp-proxy.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { lockTable } from '../support/table-lock.js';
import { until } from '../support/until.js';

const { john, smith } = people;

describe("a host's pool", () => {
  let stage: Stage;
  let proxy: TcpProxy;
  let host: Sequelize;
  let schemas = 0;
  before(async () => {
    stage = await openStage();
  });
  beforeEach(async () => {
    proxy = await startProxy(stage.database);
    stage.atEnd(() => proxy.close());
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  /** A module on a host's own Sequelize, with the proxy between them and the database. */
  async function startOn(
    options: Options,
    database: Partial<ChatModuleOptions['database']> = {},
    open = openSequelize,
  ): Promise<ChatModule> {
    host = open(proxy.url, { logging: false, ...options });
    // Ended as the network is: a connection that hangs says no goodbye.
    stage.atEnd(() => (proxy.turn('cut'), host.close()));
    const schema = `pooled_${(schemas += 1)}`;
    const chat = stage.createModule({ database: { url: undefined, sequelize: host, schema, ...database } });
    await chat.start();
    return chat;
  }

  it('may be of an older pg than the module has', async () => {
    const chat = await startOn({ dialectModule: olderPg });
    const { id: chatId } = await chat.chats.start(john);
    const send = (n: number) => chat.messages.send(n % 2 === 0 ? john : smith, { chatId, content: `${n}` });
    const sent = await Promise.all(Array.from({ length: 30 }, (_, n) => send(n)));
    const page = await chat.messages.list(smith, { chatId, limit: 100 });
    expect(page.messages.map(({ id }) => id)).to.have.members(sent.map(({ id }) => id));

    proxy.turn('cut');
    expect(await codeOf(send(30))).to.equal('database_unavailable');
    proxy.turn('up');
    await send(31);
    expect((await chat.messages.list(smith, { chatId, limit: 1 })).messages[0]?.content).to.equal('31');
  });

  it('may be of a Sequelize of its own: a database that is away is no fault of the module', async () => {
    const chat = await startOn({}, {}, openSecondSequelize);
    const { id: chatId } = await chat.chats.start(john);
    await proxy.close();
    const refused = await chat.messages.list(john, { chatId }).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'database_unavailable');
    const { cause } = refused as { cause: unknown };
    expect(cause).to.have.property('name', 'SequelizeConnectionRefusedError');
    expect(cause).not.to.be.instanceOf(BaseError);
  });

  it('may have no connection to give for a long time: the answer waits for no longer than it may', async () => {
    const chat = await startOn({ pool: { max: 1, acquire: 60_000 } }, { acquireTimeoutMs: 1_000 });
    const held = await host.transaction();
    expect(await codeOf(chat.chats.list(john))).to.equal('database_unavailable');
    await held.commit();
    // Whatever came too late is the pool's again.
    expect((await chat.chats.list(john)).chats).to.deep.equal([]);
  });

  it('may hang, on the way to a connection or to an answer', async () => {
    const chat = await startOn({ pool: { max: 2 } }, { acquireTimeoutMs: 1_000, statementTimeoutMs: 300 });
    const list = () => codeOf(chat.chats.list(john));
    proxy.turn('hanging');
    const began = performance.now();
    // Two at once: for the second, the pool opens another connection.
    expect(await Promise.all([list(), list()])).to.deep.equal(['database_unavailable', 'database_unavailable']);
    expect(performance.now() - began).to.be.below(5_000);
    proxy.turn('cut');
    proxy.turn('up');
    expect((await chat.chats.list(john)).chats).to.deep.equal([]);
  });

  it('may have no statement timeout: what was given up is not written later', async () => {
    const chat = await startOn({}, { statementTimeoutMs: 300 });
    const { id: chatId } = await chat.chats.start(john);
    const lock = await lockTable(stage.database, `pooled_${schemas}.messages`, 'SHARE');
    try {
      const send = (content: string) => codeOf(chat.messages.send(john, { chatId, content }));
      expect(await send('given up')).to.equal('database_unavailable');
      expect(await send('tried again')).to.equal('database_unavailable');
      await until('nothing waits for the lock', async () => {
        const waiting = await stage.database.query(
          "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return waiting.length === 0;
      });
    } finally {
      await lock.release();
    }
    await chat.messages.send(john, { chatId, content: 'written' });
    const { messages } = await chat.messages.list(john, { chatId });
    expect(messages.map(({ content }) => content)).to.deep.equal(['written']);
  });

  it('is asked nothing more once the module has closed', async () => {
    const chat = await startOn({});
    const database = openDatabase(databaseSchema.parse({ sequelize: host }));
    await database.close();
    const one = statement('SELECT 1');
    expect(await codeOf(database.query(one, []))).to.equal('database_unavailable');
    expect(await codeOf(database.transaction((tx) => tx.query(one, [])))).to.equal('database_unavailable');
    await chat.close();
    expect(await host.query('SELECT 1 AS one', { plain: true })).to.deep.equal({ one: 1 });
  });
});

function openSequelize(url: string, options: Options): Sequelize {
  return new Sequelize(url, options);
}

/** Of another copy of the package, as a host has it whose own version is another than the module's. */
function openSecondSequelize(url: string, options: Options): Sequelize {
  const require = createRequire(import.meta.url);
  const loaded = Object.entries(require.cache).filter(([path]) => path.includes('/node_modules/sequelize/'));
  for (const [path] of loaded) delete require.cache[path];
  const second = require('sequelize') as { Sequelize: typeof Sequelize };
  try {
    // Here, for it loads the rest of itself as it opens.
    return new second.Sequelize(url, options);
  } finally {
    for (const [path, module] of loaded) require.cache[path] = module;
  }
}

/** Of the error that work rejects with. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}
