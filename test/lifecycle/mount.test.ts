import { createServer } from 'node:http';
import { expect } from 'chai';
import Koa from 'koa';
import type { ChatModule } from '../../lib/index.js';
import { people } from '../support/host-tables.js';
import { openStage, type Stage } from './stage.js';

describe('mounting', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  /** What a host has before and after the chat: a header of its own, and a route of its own. */
  function hostApp(): Koa {
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.set('X-Host', 'was here');
      await next();
    });
    app.use(async (ctx, next) => {
      if (ctx.path === '/platform') ctx.body = { platform: true };
      else await next();
    });
    return app;
  }

  async function expectEverythingWorks(url: string): Promise<void> {
    const started = await stage.as(people.john, url).post('/api/chats/start');
    expect(started.status).to.equal(201);
    expect(started.headers.get('X-Host')).to.equal('was here');
    const health = await stage.as(null, url).get('/health');
    expect(health.status).to.equal(200);
    const platform = await stage.as(null, url).get('/platform');
    expect(platform.body).to.deep.equal({ platform: true });
    expect(platform.headers.get('Cache-Control')).to.equal(null);
    expect((await stage.as(people.john, url).get('/api/unheard-of')).status).to.equal(404);
    await stage.connect(people.john, url);
    await stage.connect(people.smith, url, { transports: ['polling'] });
  }

  const orders: Record<string, (chat: ChatModule, app: Koa) => Promise<string>> = {
    'before callback()': async (chat, app) => {
      const server = createServer();
      await chat.mount(app, server);
      server.on('request', app.callback());
      return stage.listen(server);
    },
    'before callback(), on a server that asks for it at each request': async (chat, app) => {
      const server = createServer((req, res) => void app.callback()(req, res));
      await chat.mount(app, server);
      return stage.listen(server);
    },
    'after callback()': async (chat, app) => {
      const server = createServer(app.callback());
      await chat.mount(app, server);
      return stage.listen(server);
    },
    'after callback(), whose result the server gets later': async (chat, app) => {
      const callback = app.callback();
      const server = createServer();
      await chat.mount(app, server);
      server.on('request', callback);
      return stage.listen(server);
    },
    'after listening': async (chat, app) => {
      const server = createServer(app.callback());
      const url = await stage.listen(server);
      await chat.mount(app, server);
      return url;
    },
    'after callback(), with an error listener of its own': async (chat, app) => {
      app.on('error', () => undefined);
      const server = createServer(app.callback());
      await chat.mount(app, server);
      return stage.listen(server);
    },
  };
  for (const [order, start] of Object.entries(orders)) {
    it(`works ${order}`, async () => {
      await expectEverythingWorks(await start(stage.createModule(), hostApp()));
    });
  }

  it('works on an app that Koa itself listens for', async () => {
    const app = hostApp();
    const server = app.listen(0, '127.0.0.1');
    stage.atEnd(() => server.close());
    await stage.createModule().mount(app, server);
    const { port } = server.address() as { port: number };
    await expectEverythingWorks(`http://127.0.0.1:${port}`);
    server.closeAllConnections();
  });

  it("leaves a server's other apps their requests, mounted late as it may be", async () => {
    const app = hostApp();
    const other = new Koa();
    other.use((ctx) => {
      ctx.body = { other: ctx.path };
    });
    const [ours, theirs] = [app.callback(), other.callback()];
    const server = createServer(
      (req, res) => void (req.headers['x-app'] === 'other' ? theirs(req, res) : ours(req, res)),
    );
    const chat = stage.createModule();
    await chat.mount(app, server);
    const url = await stage.listen(server);

    const health = await fetch(`${url}/health`, { headers: { 'X-App': 'other' } });
    expect(await health.json()).to.deep.equal({ other: '/health' });
    await expectEverythingWorks(url);
  });

  it('answers over every server of the app, not only the one it was mounted on', async () => {
    const app = hostApp();
    const callback = app.callback();
    const [first, second] = [createServer(callback), createServer(callback)];
    await stage.createModule().mount(app, first);
    await stage.listen(first);
    const health = await stage.as(null, await stage.listen(second)).get('/health');
    expect(health.status).to.equal(200);
  });

  it('makes no difference when it is done twice', async () => {
    const app = hostApp();
    const server = createServer(app.callback());
    const chat = stage.createModule();
    await Promise.all([chat.mount(app, server), chat.mount(app, server)]);
    await expectEverythingWorks(await stage.listen(server));
  });

  it('serves a second server of the same module too', async () => {
    const chat = stage.createModule();
    const urls: string[] = [];
    for (const app of [hostApp(), hostApp()]) {
      const server = createServer(app.callback());
      await chat.mount(app, server);
      urls.push(await stage.listen(server));
    }
    for (const url of urls) {
      expect((await stage.as(null, url).get('/health')).status).to.equal(200);
      await stage.connect(people.john, url);
    }
  });

  it('serves parts that the host places itself', async () => {
    const chat = stage.createModule();
    const app = new Koa();
    const routes = chat.routes();
    app.use(async (ctx, next) => {
      await (ctx.path.startsWith('/inside') ? next() : routes(ctx, next));
    });
    app.use((ctx) => {
      ctx.body = { host: ctx.path };
    });
    const server = createServer(app.callback());
    expect(() => chat.attach(server)).to.throw('attach(server) was called before start()');
    const url = await stage.listen(server);
    expect(await (await fetch(`${url}/health`)).json()).to.deep.equal({ host: '/health' });

    await chat.start();
    chat.attach(server);
    expect((await stage.as(null, url).get('/health')).body).to.include({ status: 'ok' });
    expect((await stage.as(null, url).get('/inside/health')).body).to.deep.equal({ host: '/inside/health' });
    await stage.connect(people.john, url);
    expect(chat.routes()).to.equal(routes);
  });

  it('puts its routes below a base path, and no health check where the host has its own', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    await stage.createModule({ http: { basePath: '/v1/', healthPath: false } }).mount(app, server);
    const url = await stage.listen(server);
    const john = stage.as(people.john, url);
    expect((await john.post('/v1/api/chats/start')).status).to.equal(201);
    expect((await john.get('/v1/health')).status).to.equal(404);
    expect((await john.get('/health')).status).to.equal(404);
    expect((await john.get('/api/chats')).status).to.equal(404);
  });

  it('answers a health check below the base path, under the name it was given', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    await stage.createModule({ http: { basePath: '/v1', healthPath: '/live' } }).mount(app, server);
    expect((await stage.as(null, await stage.listen(server)).get('/v1/live')).status).to.equal(200);
  });

  it("keeps its own answers under a host's error handler and 404 page", async () => {
    const app = new Koa();
    const failures: unknown[] = [];
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        failures.push(error);
        ctx.status = 500;
        ctx.body = 'the host is sorry';
      }
      if (ctx.status === 404 && !ctx.body) {
        ctx.status = 404;
        ctx.body = 'the host has no such page';
      }
    });
    const server = createServer(app.callback());
    await stage.createModule().mount(app, server);
    app.use((ctx) => {
      if (ctx.path === '/broken') throw new Error('the host broke');
    });
    const url = await stage.listen(server);
    const john = stage.as(people.john, url);
    expect((await john.get('/api/chats/77')).body).to.have.nested.property('error.code', 'chat_not_found');
    expect((await stage.as(null, url).get('/api/chats')).status).to.equal(401);
    expect((await john.post('/api/chats/1/messages', { content: 7 })).status).to.equal(400);
    expect((await john.get('/nowhere')).body).to.equal('the host has no such page');
    expect(failures).to.deep.equal([]);
  });

  it("leaves the host's errors to the host", async () => {
    const app = new Koa();
    const heard: string[] = [];
    app.on('error', (error: Error) => heard.push(error.message));
    const server = createServer();
    await stage.createModule().mount(app, server);
    app.use(() => {
      throw new Error('the host broke');
    });
    server.on('request', app.callback());
    const url = await stage.listen(server);
    expect((await stage.as(null, url).get('/broken')).status).to.equal(500);
    expect((await stage.as(null, url).get('/health')).status).to.equal(200);
    expect(heard).to.deep.equal(['the host broke']);
  });
});
