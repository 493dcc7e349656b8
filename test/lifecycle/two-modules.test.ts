import { createServer } from 'node:http';
import { expect } from 'chai';
import Koa from 'koa';
import { Sequelize } from 'sequelize';
import type { ChatModule, ChatModuleOptions } from '../../lib/index.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe('two modules in one process', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  const paths: Partial<ChatModuleOptions> = { http: { basePath: '/b' }, realtime: { path: '/b-io' } };

  async function expectApart(one: ChatModule, two: ChatModule): Promise<void> {
    const app = new Koa();
    const server = createServer(app.callback());
    await Promise.all([one.mount(app, server), two.mount(app, server)]);
    const url = await stage.listen(server);
    const john = stage.as(people.john, url);
    const first = (await john.post<{ id: number }>('/api/chats/start')).body;
    const second = (await john.post<{ id: number }>('/b/api/chats/start')).body;
    expect(first.id).to.equal(second.id);
    const [inFirst, inSecond] = await Promise.all([
      stage.connect(people.smith, url),
      stage.connect(people.smith, url, { path: '/b-io' }),
    ]);

    await john.post(`/api/chats/${first.id}/messages`, { content: 'to the first' });
    expect(await nextEvent(inFirst, 'message:new')).to.include({ content: 'to the first' });
    await john.post(`/b/api/chats/${second.id}/messages`, { content: 'to the second' });
    expect(await nextEvent(inSecond, 'message:new')).to.include({ content: 'to the second' });
    await noEvent(inFirst, 'message:new');

    await one.close();
    expect(await nextEvent(inFirst, 'disconnect')).to.equal('transport close');
    expect((await john.get('/api/chats')).status).to.equal(503);
    const still = await john.get<{ chats: { lastMessage: { content: string } }[] }>('/b/api/chats');
    expect(still.body.chats[0]?.lastMessage.content).to.equal('to the second');
    await noEvent(inSecond, 'disconnect');
    await one.mount(app, server);
    await stage.connect(people.smith, url);
    expect((await john.get('/api/chats')).status).to.equal(200);
  }

  it('share a server, an app and a database, each in a schema of its own', async () => {
    await expectApart(stage.createModule(), stage.createModule(paths));
  });

  it("share the host's Sequelize instance too", async () => {
    const sequelize = new Sequelize(stage.database.url, { logging: false, pool: { max: 2 } });
    const inSchema = (schema: string) => ({ sequelize, schema, url: undefined });
    const one = stage.createModule({ database: inSchema('shared_one') });
    const two = stage.createModule({ ...paths, database: inSchema('shared_two') });
    await expectApart(one, two);
    await one.close();
    await two.close();
    await sequelize.authenticate();
    await sequelize.close();
  });

  it('come and go in any order, and leave the server as it was', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    const [one, two] = [stage.createModule(), stage.createModule(paths)];
    const url = await stage.listen(server);
    for (const [opened, closed] of [
      [one, two],
      [two, one],
      [one, two],
      [two, one],
    ] as const) {
      await opened.mount(app, server);
      await closed.close();
    }
    await stage.connect(people.john, url, { path: '/b-io' });
    await two.close();
    expect(Object.hasOwn(server, 'emit')).to.equal(false);
    expect(server.listenerCount('upgrade')).to.equal(0);
  });

  it('tell their presence and typing to their own sockets alone', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    const [one, two] = [stage.createModule(), stage.createModule(paths)];
    await one.mount(app, server);
    await two.mount(app, server);
    const url = await stage.listen(server);
    await stage.as(people.john, url).post('/api/chats/start');
    const started = await stage.as(people.john, url).post<{ id: number }>('/b/api/chats/start');
    const inFirst = await stage.connect(people.smith, url);
    const inSecond = await stage.connect(people.smith, url, { path: '/b-io' });
    const john = await stage.connect(people.john, url, { path: '/b-io' });
    await nextEvent(inSecond, 'user:online');
    await john.timeout(5_000).emitWithAck('typing:start', { sessionId: started.body.id });
    await nextEvent(inSecond, 'typing:indicator');
    await noEvent(inFirst, 'user:online');
    await noEvent(inFirst, 'typing:indicator');
  });
});
