import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { expect } from 'chai';
import Koa from 'koa';
import { DataTypes, Sequelize, Transaction } from 'sequelize';
import type { Options } from 'sequelize';
import type { ChatModule } from '../../lib/index.js';
import { people } from '../support/host-tables.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe("a host's Sequelize instance", () => {
  let stage: Stage;
  let schemas = 0;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  const { john, smith } = people;

  function openSequelize(options: Options = {}): Sequelize {
    const sequelize = new Sequelize(stage.database.url, { logging: false, ...options });
    stage.atEnd(() => sequelize.close());
    return sequelize;
  }

  async function startOn(sequelize: Sequelize, schema = `hosted_${(schemas += 1)}`): Promise<ChatModule> {
    const chat = stage.createModule({ database: { url: undefined, sequelize, schema } });
    await chat.start();
    return chat;
  }

  /** Every room once, with the times that it gives. */
  async function expectWorks(chat: ChatModule): Promise<void> {
    const began = Date.now();
    const started = await chat.chats.start(john);
    const sent = await chat.messages.send(john, { chatId: started.id, content: 'Hello' });
    const receipt = await chat.messages.markRead(smith, { chatId: started.id, messageId: sent.id });
    const page = await chat.messages.list(smith, { chatId: started.id });
    const [listed] = (await chat.chats.list(smith)).chats;
    await chat.chats.close(started.id);
    await chat.chats.reopen(started.id);
    const { createdAt, updatedAt } = await chat.chats.get(john, started.id);
    for (const time of [started.createdAt, createdAt, updatedAt, sent.createdAt, receipt.readAt, listed?.updatedAt]) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(time ?? '')).to.be.within(began - 5_000, Date.now() + 5_000);
    }
    expect(page.messages.map(({ id, content, readAt }) => ({ id, content, readAt }))).to.deep.equal([
      { id: sent.id, content: 'Hello', readAt: receipt.readAt },
    ]);
  }

  it('is used, and not closed', async () => {
    const sequelize = openSequelize({ dialectOptions: { application_name: 'the-host' } });
    const chat = await startOn(sequelize);
    await expectWorks(chat);
    const clients = await stage.database.query(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity
        WHERE datname = current_database() AND application_name IN ('the-host', 'koa-chat-module')`,
    );
    expect(clients).to.deep.equal([{ name: 'the-host' }]);
    await chat.close();
    expect(await sequelize.query('SELECT 1 AS one', { plain: true })).to.deep.equal({ one: 1 });
  });

  it('keeps its models, and a Message of its own is another', async () => {
    const sequelize = openSequelize();
    const Message = sequelize.define('Message', { subject: DataTypes.TEXT }, { tableName: 'host_messages' });
    const Chat = sequelize.define('chat', { room: DataTypes.TEXT });
    const chat = await startOn(sequelize);
    await expectWorks(chat);
    expect(Object.keys(sequelize.models)).to.have.members(['Message', 'chat']);
    await sequelize.sync({ force: true });
    await Message.create({ subject: 'of the host' });
    await Chat.create({ room: 'of the host' });
    expect(await Message.count()).to.equal(1);
    expect((await chat.chats.list(john)).chats).to.have.lengthOf(1);
    await sequelize.drop();
    expect((await chat.chats.list(john)).chats).to.have.lengthOf(1);
  });

  it('may keep another time zone', async () => {
    await expectWorks(await startOn(openSequelize({ timezone: '+05:30' })));
    await expectWorks(await startOn(openSequelize({ timezone: 'America/St_Johns' })));
    await expectWorks(await startOn(openSequelize({ timezone: 'Asia/Kolkata' })));
  });

  it('may have habits of its own for models', async () => {
    const sequelize = openSequelize({
      define: {
        paranoid: true,
        timestamps: true,
        version: true,
        underscored: false,
        freezeTableName: true,
        schema: 'elsewhere',
        defaultScope: { where: { tenantId: 7 } },
        scopes: { none: { where: { tenantId: 8 } } },
        validate: {
          never() {
            throw new Error("the host's validation ran");
          },
        },
        hooks: {
          beforeBulkCreate() {
            throw new Error("the host's hook ran");
          },
          beforeBulkUpdate() {
            throw new Error("the host's hook ran");
          },
        },
        indexes: [{ fields: ['tenantId'] }],
        getterMethods: { id: () => 77 },
      },
    });
    await expectWorks(await startOn(sequelize));
  });

  it('may write its statements in another way', async () => {
    const sequelize = openSequelize({ omitNull: true, quoteIdentifiers: false, standardConformingStrings: false });
    await expectWorks(await startOn(sequelize, `Hosted ${(schemas += 1)}`));
  });

  it('may hook whatever is done with models and statements', async () => {
    const sequelize = openSequelize();
    const hooked: string[] = [];
    const hooks = ['beforeDefine', 'afterDefine', 'beforeBulkCreate', 'beforeBulkUpdate', 'beforeQuery'] as const;
    for (const hook of hooks) sequelize.addHook(hook, () => void hooked.push(hook));
    const chat = await startOn(sequelize);
    await expectWorks(chat);
    expect(hooked).to.deep.equal([]);
    await sequelize.query('SELECT 1');
    expect(hooked).to.deep.equal(['beforeQuery']);
  });

  it('may be in a transaction of its own, which the chat takes no part in', async () => {
    const current = new AsyncLocalStorage<Map<string, unknown>>();
    // What Sequelize asks of the namespaces of cls-hooked.
    Sequelize.useCLS({
      bind: <F>(fn: F) => fn,
      run: (work: () => unknown) => current.run(new Map(current.getStore()), work),
      get: (key: string) => current.getStore()?.get(key),
      set: (key: string, value: unknown) => current.getStore()?.set(key, value),
    });
    stage.atEnd(() => Reflect.deleteProperty(Sequelize, '_cls'));
    const sequelize = openSequelize();
    const chat = await startOn(sequelize);
    const undone = await sequelize
      .transaction(async () => {
        await expectWorks(chat);
        throw new Error('the host has changed its mind');
      })
      .catch((error: unknown) => error);
    expect(undone).to.be.an('error').with.property('message', 'the host has changed its mind');
    expect((await chat.chats.list(john)).chats).to.have.lengthOf(1);
  });

  it('may begin its transactions as REPEATABLE READ', async () => {
    const isolationLevel = Transaction.ISOLATION_LEVELS.REPEATABLE_READ;
    await expectWorks(await startOn(openSequelize({ isolationLevel })));
  });

  it('may be of a database whose default is REPEATABLE READ: sends of two processes to one chat all arrive', async () => {
    const [{ name } = { name: '' }] = await stage.database.query<{ name: string }>('SELECT current_database() AS name');
    await stage.database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
    try {
      const schema = `hosted_${(schemas += 1)}`;
      const database = { url: undefined, schema };
      const one = stage.createModule({ database: { ...database, sequelize: openSequelize() } });
      const two = stage.createModule({ database: { schema } });
      await one.start();
      await two.start();
      const { id: chatId } = await one.chats.start(john);
      const sends = Array.from({ length: 60 }, (_, n) =>
        (n % 2 === 0 ? one : two).messages.send(n % 3 === 0 ? john : smith, { chatId, content: `${n}` }),
      );
      const sent = await Promise.all(sends);
      const page = await one.messages.list(john, { chatId, limit: 100 });
      expect(page.messages.map(({ id }) => id)).to.deep.equal(sent.map(({ id }) => id).sort((a, b) => a - b));
      await Promise.all([one.messages.markRead(john, { chatId }), two.messages.markRead(john, { chatId })]);
      const [listed] = (await two.chats.list(john)).chats;
      expect(listed).to.include({ unreadCount: 0 });
      expect(listed?.lastMessage?.content).to.equal(page.messages.at(-1)?.content);
    } finally {
      await stage.database.query(`ALTER DATABASE ${name} RESET default_transaction_isolation`);
    }
  });

  const ofDatabases: readonly Readonly<Record<string, string>>[] = [
    { DateStyle: 'German' },
    { DateStyle: 'SQL, DMY', TimeZone: 'Asia/Kolkata' },
    { DateStyle: 'Postgres', IntervalStyle: 'sql_standard', bytea_output: 'escape', extra_float_digits: '0' },
    { standard_conforming_strings: 'off', escape_string_warning: 'off', quote_all_identifiers: 'on' },
    { search_path: 'pg_catalog, public', lock_timeout: '5s', idle_in_transaction_session_timeout: '5s' },
  ];
  for (const settings of ofDatabases) {
    const said = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    it(`may be of a database with settings of its own, as the module's own pool may: ${said.join(', ')}`, async () => {
      const [{ name } = { name: '' }] = await stage.database.query<{ name: string }>(
        'SELECT current_database() AS name',
      );
      for (const [setting, value] of Object.entries(settings)) {
        const values = value.split(', ').map((one) => `'${one}'`);
        await stage.database.query(`ALTER DATABASE ${name} SET ${setting} = ${values.join(', ')}`);
      }
      stage.atEnd(() => stage.database.query(`ALTER DATABASE ${name} RESET ALL`));
      await expectWorks(await startOn(openSequelize()));
      const own = stage.createModule();
      await own.start();
      await expectWorks(own);
    });
  }

  it('serves the doors through its own pool, however small', async () => {
    const sequelize = openSequelize({ pool: { max: 1 } });
    const chat = stage.createModule({ database: { url: undefined, sequelize, schema: `hosted_${(schemas += 1)}` } });
    const app = new Koa();
    const server = createServer(app.callback());
    await chat.mount(app, server);
    const url = await stage.listen(server);
    const { id } = (await stage.as(john, url).post<{ id: number }>('/api/chats/start')).body;
    const sends = Array.from({ length: 10 }, (_, n) =>
      stage.as(n % 2 === 0 ? john : smith, url).post(`/api/chats/${id}/messages`, { content: `${n}` }),
    );
    expect((await Promise.all(sends)).map(({ status }) => status)).to.deep.equal(sends.map(() => 201));
  });
});
