import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import Koa from 'koa';
import { Server as SocketServer } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { people } from '../support/host-tables.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe('a server with upgrades of its own', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  /** The host adds its own part before the chat is mounted, or after. */
  async function mountWith(
    order: 'before' | 'after',
    addOwn: (server: Server) => void,
    path?: string,
  ): Promise<string> {
    const app = new Koa();
    app.use((ctx, next) => (ctx.path === '/platform' ? void (ctx.body = `${ctx.method} platform`) : next()));
    const server = createServer(app.callback());
    if (order === 'before') addOwn(server);
    await stage.createModule(path === undefined ? {} : { realtime: { path } }).mount(app, server);
    if (order === 'after') addOwn(server);
    return stage.listen(server);
  }

  for (const order of ['before', 'after'] as const) {
    it(`keeps a Socket.IO of the host's that was there ${order} the chat`, async () => {
      const url = await mountWith(
        order,
        (server) => {
          const own = new SocketServer(server);
          stage.atEnd(() => own.disconnectSockets(true));
          own.on('connection', (socket) => socket.on('ping-host', (ack: (answer: string) => void) => ack('pong')));
        },
        '/chat-io',
      );
      for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
        const own = io(url, { transports, forceNew: true, reconnection: false });
        stage.atEnd(() => own.disconnect());
        expect(await own.timeout(5_000).emitWithAck('ping-host')).to.equal('pong');
        const john = await stage.connect(people.john, url, { path: '/chat-io', transports });
        expect(await john.timeout(5_000).emitWithAck('typing:start', { sessionId: 0 })).to.include({ ok: false });
      }
      expect((await stage.as(null, url).get('/health')).status).to.equal(200);
    });

    // Both of ws's ways: this one refuses every upgrade that is for another path.
    it(`keeps a WebSocketServer of the host's that was there ${order} the chat`, async () => {
      const url = await mountWith(order, (server) => {
        const own = new WebSocketServer({ server, path: '/live' });
        own.on('connection', (socket) => socket.send('live'));
      });
      await stage.connect(people.john, url);
      expect(await firstMessage(`${url}/live`)).to.equal('live');
      const refused = new WebSocket(`${url.replace('http', 'ws')}/elsewhere`);
      const [error] = (await once(refused, 'error').catch((cause: unknown) => [cause])) as [Error];
      expect(error.message).to.equal('Unexpected server response: 400');
      await stage.connect(people.smith, url);
    });

    it(`keeps an upgrade listener that was there ${order} the chat and ends what it does not know`, async () => {
      const url = await mountWith(order, (server) => {
        const own = new WebSocketServer({ noServer: true });
        server.on('upgrade', (req, socket, head) => {
          if (req.url === '/live') own.handleUpgrade(req, socket, head, (ws) => ws.send('live'));
          else socket.destroy();
        });
      });
      await stage.connect(people.john, url);
      expect(await firstMessage(`${url}/live`)).to.equal('live');
    });
  }

  it('serves a request that asks for an upgrade which nobody offers, as a server without the chat does', async () => {
    const url = await mountWith('before', () => undefined);
    const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
    expect(await exchange(url, `GET /platform HTTP/1.1\r\nHost: host\r\n${h2c}\r\n`)).to.match(
      /^HTTP\/1\.1 200 OK\r\n[^]*GET platform$/,
    );
    expect(
      await exchange(url, `POST /platform HTTP/1.1\r\nHost: host\r\n${h2c}Content-Length: 2\r\n\r\n`, '{}'),
    ).to.match(/^HTTP\/1\.1 200 OK\r\n[^]*POST platform$/);
    expect(await exchange(url, `GET /health HTTP/1.1\r\nHost: host\r\n${h2c}\r\n`)).to.match(/"status":"ok"/);
  });

  it('takes a body that comes after its request asked for an upgrade', async () => {
    const url = await mountWith('before', () => undefined);
    const john = stage.as(people.john, url);
    const { id } = (await john.post<{ id: number }>('/api/chats/start')).body;
    const body = JSON.stringify({ content: 'Grüße' });
    const head = [
      `POST /api/chats/${id}/messages HTTP/1.1`,
      'Host: host',
      `Authorization: Bearer ${stage.tokenOf(people.john)}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: Upgrade',
      'Upgrade: h2c',
    ];
    const answer = await exchange(url, `${head.join('\r\n')}\r\n\r\n`, body);
    expect(answer).to.match(/^HTTP\/1\.1 201 Created\r\n[^]*"content":"Grüße"/);
  });

  it('does so with two modules on one server', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    await stage.createModule().mount(app, server);
    await stage.createModule({ realtime: { path: '/second' }, http: { basePath: '/second' } }).mount(app, server);
    const url = await stage.listen(server);
    const answer = await exchange(
      url,
      'GET /second/health HTTP/1.1\r\nHost: host\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    );
    expect(answer).to.match(/^HTTP\/1\.1 200 OK/);
    await stage.connect(people.john, url);
    await stage.connect(people.john, url, { path: '/second' });
  });

  it('survives a client that is gone before its upgrade was looked at', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    let ask: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    let answer: (() => void) | undefined;
    const origin = (_origin: string | undefined, callback: (error: Error | null, allow: boolean) => void): void => {
      answer = () => callback(null, true);
      ask?.();
    };
    await stage.createModule({ realtime: { cors: { origin } } }).mount(app, server);
    const url = await stage.listen(server);
    let upgraded: Duplex | undefined;
    server.on('connection', (socket) => (upgraded = socket));
    const client = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    client.on('error', () => undefined);
    const gone = new Promise((resolve) => client.on('close', resolve));
    await asked;
    // As the operating system reports a connection that was reset.
    upgraded?.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await gone;
    answer?.();
    expect((await stage.as(null, url).get('/health')).status).to.equal(200);
  });
});

async function firstMessage(url: string): Promise<string> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const [data] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  await once(socket, 'close');
  return data.toString();
}

/** Sends bytes as they are, the second part after the first, and reads until the answer is whole. */
async function exchange(url: string, head: string, body = ''): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(head);
  if (body !== '') {
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(body);
  }
  let answer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer = Buffer.concat([answer, chunk]);
    const end = answer.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(answer.toString())?.[1];
    if (end >= 0 && answer.length >= end + 4 + Number(length ?? 0)) break;
  }
  return answer.toString();
}
