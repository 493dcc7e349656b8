import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { Server, type Socket } from 'socket.io';
import { createLiveConnection, type LiveConnection } from '../../lib/client/live-connection.js';
import { defaultTiming } from '../../lib/client/timing.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../../lib/client/index.js';
import { createTokenSource, type GetToken } from '../../lib/client/token-source.js';

describe('the live connection of the chat client', () => {
  let io: Server<ClientToServerEvents, ServerToClientEvents>;
  let lives: LiveConnection[];
  /** The sockets that a service would have joined to its rooms. */
  let sockets: Socket<ClientToServerEvents, ServerToClientEvents>[];

  beforeEach(async () => {
    [lives, sockets] = [[], []];
    const server = createServer();
    io = new Server(server);
    io.on('connection', (socket) => {
      sockets.push(socket);
      socket.emit('connected', { userId: 1, userType: 'customer', sessions: [], online: [] });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    sinon.restore();
    for (const live of lives) live.disconnect();
    await io.close();
  });

  /** A service that only answers, and `goOnline` resolves with the client's being online. */
  function liveWith(getToken: GetToken, timing = defaultTiming) {
    const { port } = io.httpServer.address() as AddressInfo;
    const tokens = createTokenSource(getToken, timing.answerMs, (token) => live.admit(token));
    let greeted = (): void => undefined;
    const isOnline = new Promise<void>((resolve) => (greeted = resolve));
    const live = createLiveConnection({
      ...{ origin: `http://127.0.0.1:${port}`, path: '/socket.io', tokens, timing },
      ...{ onOnline: () => greeted(), onTrying: () => undefined, onRefused: () => undefined },
    });
    lives.push(live);
    return { live, isOnline };
  }
  const tokenFor = (seconds: number, name: string): string =>
    `${name}.${Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + seconds })).toString('base64url')}.c2ln`;

  for (const [said, nameOf] of [
    ['another short-lived token each time', (count: number) => `t${count}`],
    ['the same token each time', () => 't'],
  ] as const) {
    it(`renews its token every few seconds at most, given ${said} and warned of each at once`, async () => {
      let asked = 0;
      const { live, isOnline } = liveWith(() => tokenFor(50, nameOf(++asked)));
      io.on('connection', (socket) => {
        const warn = (): void => void socket.emit('auth:expiring', { expiresAt: new Date().toISOString() });
        socket.on('auth:refresh', (_, ack) => {
          ack?.({ ok: true, expiresAt: new Date().toISOString() });
          warn();
        });
        socket.on('typing:start', (_, ack) => ack?.({ ok: true }));
        warn();
      });
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: Date.now() });
      live.connect();
      await isOnline;
      const roundTrips = async (): Promise<void> => {
        for (let trip = 0; trip < 10; trip++) {
          await clock.tickAsync(10);
          await live.call('typing:start', { sessionId: 1 });
        }
      };
      await roundTrips();
      expect(asked).to.equal(2);
      await clock.tickAsync(5_000);
      await roundTrips();
      expect(asked).to.equal(3);
    });
  }

  for (const [said, stir] of [
    ['replaced', (live: LiveConnection) => live.wake()],
    ['asked for once more', (live: LiveConnection) => live.connect()],
  ] as const) {
    it(`is one socket of the service, also where it was ${said} while the token was awaited`, async () => {
      let give = (): void => undefined;
      const token = new Promise<string>((resolve) => (give = () => resolve('t')));
      const { live, isOnline } = liveWith(() => token);
      live.connect();
      await once(io.engine, 'connection');
      // The client learns that its engine is open just after the service.
      await new Promise((resolve) => setTimeout(resolve, 50));
      stir(live);
      if (said === 'replaced') await once(io.engine, 'connection');
      await new Promise((resolve) => setTimeout(resolve, 50));
      give();
      await isOnline;
      sockets[0]?.on('typing:start', (_, ack) => ack?.({ ok: true }));
      await live.call('typing:start', { sessionId: 1 });
      expect(sockets).to.have.length(1);
    });
  }

  it('keeps a line on which nothing is heard but answers', async () => {
    const { live, isOnline } = liveWith(() => 't', { ...defaultTiming, answerMs: 100 });
    io.on('connection', (socket) => {
      // The service is at work on the message for longer than the client waits.
      socket.on('auth:refresh', (_, ack) => ack?.({ ok: true, expiresAt: new Date().toISOString() }));
      socket.on('typing:start', (_, ack) => ack?.({ ok: true }));
    });
    live.connect();
    await isOnline;
    // Later than all that was heard so far, by the client's clock.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const outcome: unknown = await live.call('message:send', { sessionId: 1 }).catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'unreachable');
    await live.call('typing:start', { sessionId: 1 });
    expect(sockets[0]?.connected).to.equal(true);
    expect(sockets).to.have.length(1);
  });
});
