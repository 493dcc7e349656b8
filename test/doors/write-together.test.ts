import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { writeTogether } from '../../lib/doors/write-together.js';

/** As `once` of node:events, which takes no client socket. */
function hears(client: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => client.once(event, resolve));
}

describe('Writing together', () => {
  let http: HttpServer;
  let io: Server;
  let client: Socket;

  beforeEach(async () => {
    http = createServer();
    io = new Server(http, { serveClient: false });
    io.engine.on('connection', writeTogether);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });

  afterEach(async () => {
    client.disconnect();
    await io.close();
  });

  async function connectOver(transports: string[]): Promise<ServerSocket> {
    const { port } = http.address() as AddressInfo;
    client = connect(`http://127.0.0.1:${port}`, { transports, reconnection: false });
    const connected = hears(client, 'connect');
    const [[socket]] = await Promise.all([once(io, 'connection') as Promise<[ServerSocket]>, connected]);
    return socket;
  }

  /** What the client hears, up to and with the event named. */
  async function heardUntil(last: string): Promise<string[]> {
    const heard: string[] = [];
    client.onAny((event: string) => heard.push(event));
    await hears(client, last);
    return heard;
  }

  it('sends what is said in one go in one write, in its order', async () => {
    const socket = await connectOver(['websocket']);
    const { _socket: tcp } = (socket.conn.transport as unknown as { socket: { _socket: TcpSocket } }).socket;
    const writes = sinon.spy(tcp, '_writev' as never) as sinon.SinonSpy;
    const heard = heardUntil('third');
    socket.emit('first');
    io.emit('second', { to: 'all' });
    await Promise.resolve();
    socket.emit('third');
    expect(await heard).to.deep.equal(['first', 'second', 'third']);
    expect(writes.callCount).to.equal(1);
  });

  it('goes on writing after a write', async () => {
    const socket = await connectOver(['websocket']);
    for (const event of ['one', 'two', 'three']) {
      const heard = heardUntil(event);
      socket.emit(event);
      expect(await heard).to.include(event);
    }
  });

  it('leaves long polling as it is', async () => {
    const socket = await connectOver(['polling']);
    const heard = heardUntil('second');
    socket.emit('first');
    socket.emit('second');
    expect(await heard).to.deep.equal(['first', 'second']);
  });

  it('loses nothing while long polling becomes a WebSocket', async () => {
    const socket = await connectOver(['polling', 'websocket']);
    const heard = heardUntil('last');
    socket.emit('first');
    socket.conn.once('upgrade', () => {
      socket.emit('upgraded');
      socket.emit('last');
    });
    expect(await heard).to.deep.equal(['first', 'upgraded', 'last']);
  });

  it('says what it has to say before it disconnects', async () => {
    const socket = await connectOver(['websocket']);
    const heard = heardUntil('goodbye');
    const disconnected = hears(client, 'disconnect');
    socket.emit('goodbye');
    socket.disconnect(true);
    expect(await heard).to.deep.equal(['goodbye']);
    await disconnected;
  });

  it('takes a client that has gone', async () => {
    const socket = await connectOver(['websocket']);
    const gone = once(socket, 'disconnect');
    socket.emit('never heard');
    socket.conn.close(true);
    await gone;
  });
});
