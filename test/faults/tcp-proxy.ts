import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP proxy on loopback that can do what networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Where new connections are passed on to. */
  target: number;
  /** Waited before each piece is passed on, in milliseconds. */
  delayMs: number;
  /** Nothing is passed on, and nothing is closed: what is sent disappears, also on new connections. */
  isSwallowing: boolean;
  /** How many connections {@link cutAfter} has cut. */
  readonly cuts: number;
  /** Ends all connections at once. */
  cut(): void;
  /** Ends each connection that is open now once so many more bytes have passed, the last piece cut off in its middle. */
  cutAfter(bytes: () => number): void;
  /** The url with this proxy in its place. */
  through(url: string): string;
  close(): Promise<void>;
}

interface Line {
  readonly near: Socket;
  readonly far: Socket;
  bytesLeft: number;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let cuts = 0;

  const server = createServer((near) => {
    const far = connect(proxy.target, '127.0.0.1');
    const line: Line = { near, far, bytesLeft: Infinity };
    lines.add(line);
    pass(line, near, far);
    pass(line, far, near);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => end(line));
      socket.on('close', () => end(line));
    }
  });

  function pass(line: Line, from: Socket, to: Socket): void {
    // However long each is delayed: no piece overtakes another.
    let passed: Promise<unknown> | undefined;
    from.on('data', (piece: Buffer) => {
      if (proxy.isSwallowing) return;
      if (proxy.delayMs === 0 && passed === undefined) return write(line, to, piece);
      const last = Promise.all([passed, delay(proxy.delayMs, undefined, { ref: false })]).then(() => {
        write(line, to, piece);
        if (passed === last) passed = undefined;
      });
      passed = last;
    });
  }

  function write(line: Line, to: Socket, piece: Buffer): void {
    if (!lines.has(line) || proxy.isSwallowing) return;
    to.write(piece.subarray(0, Math.min(piece.length, line.bytesLeft)));
    line.bytesLeft -= piece.length;
    if (line.bytesLeft > 0) return;
    cuts += 1;
    end(line);
  }

  function end(line: Line): void {
    lines.delete(line);
    line.near.destroy();
    line.far.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const proxy: TcpProxy = {
    port,
    target,
    delayMs: 0,
    isSwallowing: false,
    get cuts() {
      return cuts;
    },
    cut() {
      for (const line of [...lines]) end(line);
    },
    cutAfter(bytes) {
      for (const line of lines) line.bytesLeft = bytes();
    },
    through(url) {
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = String(port);
      return through.href;
    },
    async close() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
