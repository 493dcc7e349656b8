import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A load balancer on loopback, as stands before processes that are replaced one by one. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Passes each connection on to the ports in turn, and to the next one where nobody listens. It knows of no restart before
 * that: what is open when a process ends is cut off, as with one that does not drain.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;

  const server = createServer({ pauseOnConnect: true }, (near) => {
    keep(near);
    turn += 1;
    passOn(near, [...ports.slice(turn % ports.length), ...ports.slice(0, turn % ports.length)]);
  });

  function passOn(near: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      keep(far);
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.pipe(far).pipe(near);
    });
    function refused(): void {
      passOn(near, others);
    }
  }

  function keep(socket: Socket): void {
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
