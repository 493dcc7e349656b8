import { expect } from 'chai';
import olderPg from 'pg-8.11';
import { Sequelize } from 'sequelize';
import type { Options } from 'sequelize';
import type { ChatModule, ChatModuleOptions } from '../../lib/index.js';
import { openStage } from '../lifecycle/stage.js';
import type { Stage } from '../lifecycle/stage.js';
import { people } from '../support/host-tables.js';
import { startProxy } from '../support/tcp-proxy.js';
import type { TcpProxy } from '../support/tcp-proxy.js';

const { john, smith } = people;

describe("a host's pool", () => {
  let stage: Stage;
  let proxy: TcpProxy;
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
  async function startOn(options: Options, database: Partial<ChatModuleOptions['database']> = {}): Promise<ChatModule> {
    const sequelize = new Sequelize(proxy.url, { logging: false, ...options });
    // Ended as the network is: a connection that hangs says no goodbye.
    stage.atEnd(() => (proxy.turn('cut'), sequelize.close()));
    const schema = `pooled_${(schemas += 1)}`;
    const chat = stage.createModule({ database: { url: undefined, sequelize, schema, ...database } });
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
});

/** Of the error that work rejects with. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}
