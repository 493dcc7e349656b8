import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A phone's line to the service: a TCP proxy on loopback that fails as networks do. */
export interface PhoneLine {
  /** `http://127.0.0.1:port`, the same whatever happens. */
  readonly url: string;
  /** Ends every connection, and refuses new ones until `restore()`. */
  cut(): void;
  /** Connections stay and nothing arrives any more, in either direction, ever: a tunnel. New ones hang too. */
  silence(): void;
  /** New connections work; those that were silenced end, as when a phone is given another address. */
  restore(): void;
  /** The next `count` connections that are spoken on end when the service answers: it has heard, and is not heard. */
  loseAnswers(count: number): void;
  /** How many answers were lost so far. */
  readonly answersLost: number;
  /** The service is at another port now. */
  lead(port: number): void;
  close(): Promise<void>;
}

export async function openPhoneLine(servicePort: number): Promise<PhoneLine> {
  const ends = new Set<Socket>();
  let state: 'up' | 'cut' | 'silent' = 'up';
  let port = servicePort;
  let answersToLose = 0;
  let answersLost = 0;

  const server = createServer((near) => {
    ends.add(near);
    near.on('error', () => undefined).on('close', () => ends.delete(near));
    if (state === 'cut') return void near.destroy();
    if (state === 'silent') return void near.resume();
    const far = connect(port, '127.0.0.1');
    ends.add(far);
    const end = (): void => {
      near.destroy();
      far.destroy();
      ends.delete(far);
    };
    let hasSpoken = false;
    near.on('data', (bytes: Buffer) => {
      hasSpoken = true;
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      if (!hasSpoken || answersToLose === 0) return void near.write(bytes);
      answersToLose -= 1;
      answersLost += 1;
      end();
    });
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const endAll = (): void => ends.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      state = 'cut';
      endAll();
    },
    silence() {
      state = 'silent';
      for (const socket of ends) socket.removeAllListeners('data').on('data', () => undefined);
    },
    restore() {
      if (state === 'silent') endAll();
      state = 'up';
    },
    loseAnswers: (count) => void (answersToLose = count),
    get answersLost() {
      return answersLost;
    },
    lead: (to) => void (port = to),
    async close() {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
}
