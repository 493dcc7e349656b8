import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What the network to the server does: it passes on; it ends every connection; it holds back whatever is sent. */
export type ProxyMood = 'up' | 'cut' | 'hanging';

/** A TCP proxy before a test's database, or another server. */
export interface TcpProxy {
  /** The server's url, through the proxy. */
  readonly url: string;
  turn(mood: ProxyMood): void;
  close(): Promise<void>;
}

export async function startProxy(server: { readonly url: string }): Promise<TcpProxy> {
  const target = new URL(server.url);
  const sockets = new Set<Socket>();
  let mood: ProxyMood = 'up';

  const proxy = createServer((near) => {
    if (mood === 'cut') return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    const end = (): void => {
      for (const socket of [near, far]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes: Buffer) => to.write(bytes));
      if (mood === 'hanging') from.pause();
      from.on('error', end);
      from.on('close', end);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    turn(next) {
      mood = next;
      if (mood === 'cut') cut();
      else for (const socket of sockets) socket[mood === 'hanging' ? 'pause' : 'resume']();
    },
    async close() {
      cut();
      if (!proxy.listening) return;
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
