import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import sinon from 'sinon';
import type { Socket } from 'socket.io-client';
import type { WebSocket } from 'ws';
import { createEndings } from '../../lib/endings.js';
import { diskImageStore } from '../../lib/index.js';
import type { ChatModule, ChatModuleOptions, Plugin } from '../../lib/index.js';
import { withinMs } from '../../lib/within.js';
import { people } from '../support/host-tables.js';
import { recordingLogger } from '../support/recording-logger.js';
import { makeFolder } from '../support/run-folder.js';
import { keepInbox, nextEvent } from '../support/socket-client.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe('closing', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  const { john, smith } = people;

  interface Mounted {
    chat: ChatModule;
    app: Koa;
    server: Server;
    url: string;
    /** Of John and Dr. Smith. */
    chatId: number;
  }

  async function mount(changes: Partial<ChatModuleOptions> = {}): Promise<Mounted> {
    const app = new Koa();
    app.use((ctx, next) => (ctx.path === '/platform' ? void (ctx.body = 'platform') : next()));
    const server = createServer(app.callback());
    const chat = stage.createModule(changes);
    await chat.mount(app, server);
    const url = await stage.listen(server);
    const { id: chatId } = await chat.chats.start(john);
    return { chat, app, server, url, chatId };
  }

  /** A plugin that holds each send back until it is let go; `arrived` resolves with the first. */
  function createGate() {
    let arrive = (): void => undefined;
    let open = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const opened = new Promise<void>((resolve) => (open = resolve));
    const plugin: Plugin = {
      name: 'gate',
      version: '1.0.0',
      hooks: {
        async beforeSendMessage() {
          arrive();
          await opened;
        },
      },
    };
    return { plugin, arrived, open: () => open() };
  }

  it('may be done before a start, twice, and by many at once', async () => {
    const stop = sinon.spy();
    const chat = stage.createModule({ plugins: [{ name: 'counted', version: '1.0.0', stop }] });
    await chat.close();
    await chat.start();
    await Promise.all([chat.close(), chat.close(), chat.close()]);
    await chat.close();
    expect(stop.callCount).to.equal(1);
  });

  it('closes what is being started', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    const chat = stage.createModule();
    const url = await stage.listen(server);
    await Promise.all([chat.mount(app, server), chat.close()]);
    expect((await stage.as(null, url).get('/health')).status).to.equal(503);
    const late = await chat.chats.list(john).catch((error: unknown) => error);
    expect(late).to.have.property('code', 'not_started');
    await Promise.all([chat.mount(app, server), chat.close(), chat.mount(app, server)]);
    expect((await stage.as(null, url).get('/health')).status).to.equal(200);
  });

  it('finishes the sends in flight at each door, and refuses those that come later', async () => {
    const gate = createGate();
    const { chat, url, chatId } = await mount({ plugins: [gate.plugin] });
    const socket = await stage.connect(john, url);
    const polling = await stage.connect(john, url, { transports: ['polling'] });
    const path = `/api/chats/${chatId}/messages`;
    const send = (client: Socket, content: string): Promise<Record<string, unknown>> =>
      client.timeout(5_000).emitWithAck('message:send', { sessionId: chatId, content });
    const early = [
      send(socket, 'over a socket'),
      send(polling, 'over a polling socket'),
      stage.as(smith, url).post(path, { content: 'over HTTP' }),
      chat.messages.send(john, { chatId, content: "from the host's code" }),
    ];
    await gate.arrived;
    // All four are in once the health check behind them has answered.
    await socket.timeout(5_000).emitWithAck('typing:stop', { sessionId: chatId });
    await polling.timeout(5_000).emitWithAck('typing:stop', { sessionId: chatId });
    await stage.as(null, url).get('/health');

    const closing = chat.close();
    await Promise.resolve();
    const refused = await chat.messages.send(john, { chatId, content: 'late' }).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'shutting_down');
    expect(await send(socket, 'late')).to.have.nested.property('error.code', 'shutting_down');
    const late = await stage.as(john, url).post(path, { content: 'late' });
    expect(late.status).to.equal(503);
    expect(late.body).to.have.nested.property('error.code', 'shutting_down');
    expect((await stage.as(null, url).get('/platform')).status).to.equal(200);

    gate.open();
    const [overSocket, overPolling, overHttp, fromHost] = await Promise.all(early);
    expect(overSocket).to.have.property('ok', true);
    expect(overPolling).to.have.property('ok', true);
    expect(overHttp).to.have.property('status', 201);
    expect(fromHost).to.have.property('content', "from the host's code");
    await closing;
  });

  it('sends sockets away at once, but for those that wait for an answer, however long others take', async () => {
    const gate = createGate();
    const { chat, url, chatId } = await mount({ plugins: [gate.plugin], limits: { callsAtOnce: 1 } });
    const [idle, asking] = [await stage.connect(john, url), await stage.connect(john, url)];
    const ask = (content: string): Promise<Record<string, unknown>> =>
      asking.timeout(5_000).emitWithAck('message:send', { sessionId: chatId, content });
    const upload = stage.as(smith, url).post(`/api/chats/${chatId}/messages`, { content: 'long on its way' });
    const sent = ask('under way');
    await gate.arrived;
    const waiting = ask('waits for its turn');
    await stage.as(null, url).get('/health');
    const closing = chat.close();
    await nextEvent(idle, 'disconnect');
    expect(await waiting).to.have.nested.property('error.code', 'shutting_down');
    const late: unknown = await stage.connect(smith, url).catch((error: { data?: unknown }) => error.data);
    expect(late).to.include({ code: 'shutting_down' });
    expect(asking.connected).to.equal(true);
    gate.open();
    expect(await sent).to.include({ ok: true });
    expect((await upload).status).to.equal(201);
    await nextEvent(asking, 'disconnect');
    await closing;
  });

  it('ends the connections that clients keep, and is an answer that they try again after', async () => {
    const gate = createGate();
    const { chat, app, server, url, chatId } = await mount({ plugins: [gate.plugin] });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    stage.atEnd(() => agent.destroy());
    const path = `${url}/api/chats/${chatId}/messages`;
    const ask = (method: string): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const headers = { Authorization: `Bearer ${stage.tokenOf(john)}`, 'Content-Type': 'application/json' };
        const asked = request(path, { agent, method, headers }, (response) => resolve(response.resume()));
        asked.on('error', reject).end(method === 'POST' ? '{"content":"Hello"}' : undefined);
      });
    const sent = ask('POST');
    await gate.arrived;
    const closing = chat.close();
    const late = await stage.as(john, url).get('/api/chats');
    expect([late.status, late.headers.get('Connection')]).to.deep.equal([503, 'close']);
    gate.open();
    const { statusCode, headers } = await sent;
    expect([statusCode, headers.connection]).to.deep.equal([201, 'close']);
    await closing;
    const after = await ask('GET');
    expect([after.statusCode, after.headers.connection]).to.deep.equal([503, 'close']);
    expect((await stage.as(john, url).get('/nothing')).status).to.equal(404);
    // The paths may be another module's by then.
    await stage.createModule().mount(app, server);
    expect((await stage.as(john, url).get('/api/chats')).status).to.equal(200);
  });

  it('does not wait for a client that does not hear it', async () => {
    const { chat, server, url } = await mount();
    const socket = await stage.connect(john, url);
    const { ws } = socket.io.engine.transport as unknown as { ws: WebSocket };
    ws.pause();
    await chat.close();
    const closed = once(server, 'close');
    server.close();
    expect(await withinMs(5_000, closed)).to.equal(true);
  });

  it('goes on after closeTimeoutMs without what is still in flight, and says so', async () => {
    const gate = createGate();
    const { chat, chatId } = await mount({ plugins: [gate.plugin], closeTimeoutMs: 20 });
    const hanging = chat.messages.send(john, { chatId, content: 'slow' }).catch((error: unknown) => error);
    await gate.arrived;
    await chat.close();
    expect(stage.log.lines).to.deep.include({
      level: 'warn',
      fields: { closeTimeoutMs: 20 },
      message: 'closing did not wait for everything in flight',
    });
    gate.open();
    expect(await hanging).to.have.property('code', 'database_unavailable');
  });

  it('waits for the hooks that run after the fact, before their plugins stop', async () => {
    const steps: string[] = [];
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const plugin: Plugin = {
      name: 'audit',
      version: '1.0.0',
      hooks: {
        async afterSendMessage() {
          await opened;
          steps.push('after');
        },
      },
      stop: () => void steps.push('stop'),
    };
    const { chat, chatId } = await mount({ plugins: [plugin] });
    await chat.messages.send(john, { chatId, content: 'Hello' });
    const closing = chat.close();
    open();
    await closing;
    expect(steps).to.deep.equal(['after', 'stop']);
  });

  it('does not wait for ever for a hook that never ends', async () => {
    const hooks = { afterSendMessage: () => new Promise<void>(() => undefined) };
    const { chat, chatId } = await mount({ closeTimeoutMs: 20, plugins: [{ name: 'stuck', version: '1.0.0', hooks }] });
    await chat.messages.send(john, { chatId, content: 'Hello' });
    await chat.close();
    expect(stage.log.lines.map(({ message }) => message)).to.include('closing did not wait for everything in flight');
  });

  it('goes on when a part neither ends nor fails, and with the others when one fails', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const log = recordingLogger();
      const endings = createEndings(log);
      const ended: string[] = [];
      endings.add('first', () => void ended.push('first'));
      endings.add('stuck', () => new Promise(() => undefined));
      endings.add('broken', () => {
        throw new Error('broken');
      });
      const done = endings.run();
      await clock.tickAsync(5_000);
      await done;
      expect(ended).to.deep.equal(['first']);
      expect(log.lines.map(({ fields }) => fields['part'])).to.deep.equal(['broken', 'stuck']);
    } finally {
      clock.restore();
    }
  });

  it('waits neither for an image store nor for a plugin that does not end, and names them', async () => {
    const never = (): Promise<void> => new Promise(() => undefined);
    const store = { ...diskImageStore({ dir: await makeFolder('images') }), close: never };
    const chat = stage.createModule({
      images: { store },
      plugins: [{ name: 'stuck', version: '1.0.0', stop: never }],
    });
    await chat.start();
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    try {
      let isClosed = false;
      const closing = chat.close().then(() => (isClosed = true));
      // In small steps: the database takes its own time.
      while (!isClosed) await Promise.all([clock.tickAsync(10), setImmediate()]);
      await closing;
    } finally {
      clock.restore();
    }
    const said = (part: string) => stage.log.lines.find(({ fields }) => fields['part'] === part)?.fields;
    expect(said('plugin "stuck"')).to.have.property('timeoutMs', 5_000);
    expect(said('images')).to.have.nested.property(
      'err.cause.message',
      "The image store's close did not end within 4000 ms",
    );
  });

  it("leaves the host's server as it was", async () => {
    const app = new Koa();
    const handler = app.callback();
    const upgrade = sinon.spy();
    const server = createServer(handler);
    server.on('upgrade', upgrade);
    const chat = stage.createModule();
    const { emit } = server;
    await chat.mount(app, server);
    const url = await stage.listen(server);
    await stage.connect(john, url);
    await chat.close();
    expect(server.listening).to.equal(true);
    expect(server.listeners('request')).to.deep.equal([handler]);
    expect(server.listeners('upgrade')).to.deep.equal([upgrade]);
    expect(server.emit).to.equal(emit);
    expect(Object.hasOwn(server, 'emit')).to.equal(false);
    expect((await stage.as(null, url).get('/socket.io/?EIO=4&transport=polling')).status).to.equal(404);
  });

  it('gets out of the way of whoever has stood before it meanwhile', async () => {
    const { chat, app, server, url } = await mount();
    const { emit } = server;
    const seen: unknown[] = [];
    server.emit = function (this: Server, event: string, ...args: unknown[]): boolean {
      seen.push(event);
      return Reflect.apply(emit, this, [event, ...args] as never);
    } as typeof emit;
    await chat.close();
    expect((await stage.as(null, url).get('/platform')).status).to.equal(200);
    expect((await stage.as(null, url).get('/health')).status).to.equal(503);
    expect(seen).to.include('request');
    await chat.mount(app, server);
    await stage.connect(john, url);
  });

  for (const transports of [['websocket'], ['polling']]) {
    it(`lets clients over ${transports.join()} come back by themselves`, async () => {
      const { chat, app, server, url } = await mount();
      const socket = await stage.connect(john, url, { transports, reconnection: true, reconnectionDelay: 10 });
      keepInbox(socket);
      await chat.close();
      const reason = await nextEvent<string>(socket, 'disconnect');
      expect(reason).to.be.oneOf(['transport close', 'transport error']);
      expect(socket.active).to.equal(true);
      await new Promise((resolve) => socket.io.once('reconnect_attempt', resolve));
      await chat.mount(app, server);
      await nextEvent(socket, 'connected');
    });
  }

  it('is followed by a mount as good as the first', async () => {
    const steps: string[] = [];
    const plugin: Plugin = {
      name: 'counted',
      version: '1.0.0',
      start: () => void steps.push('start'),
      stop: () => void steps.push('stop'),
    };
    const { chat, app, server, url, chatId } = await mount({ plugins: [plugin] });
    const heard: string[] = [];
    chat.on('message:sent', ({ message }) => void heard.push(message.content));
    for (const content of ['second', 'third']) {
      await chat.close();
      await chat.mount(app, server);
      const socket = await stage.connect(smith, url);
      expect((await stage.as(john, url).post(`/api/chats/${chatId}/messages`, { content })).status).to.equal(201);
      expect(await nextEvent(socket, 'message:new')).to.include({ content });
    }
    expect(heard).to.deep.equal(['second', 'third']);
    expect(steps).to.deep.equal(['start', 'stop', 'start', 'stop', 'start']);
  });
});
