import { expect } from 'chai';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';

const { john } = people;

/** A connection below Socket.IO's client, whose packets are the test's own. */
interface Raw {
  send(packet: string): void;
  /** The first packet not taken before that begins so. */
  next(prefix: string): Promise<string>;
  readonly closed: Promise<unknown>;
}

describe('a connection', () => {
  let host: ChatHost;
  before(async () => {
    host = await startChatHost();
  });
  after(() => host.close());

  const connect = (token = host.tokenOf(john)): string => `40${JSON.stringify({ token })}`;

  it('ends with the socket that it carries: it would outlive its token, and be nobody’s', async () => {
    const raw = await open();
    raw.send(connect());
    await raw.next('42["connected"');
    raw.send('41');
    await raw.closed;
  });

  it('ends with the refusal of its token, once that is read', async () => {
    for (const transport of ['websocket', 'polling']) {
      const data: unknown = await host
        .connect({ token: 'nonsense' }, { transports: [transport] })
        .catch((error: { data?: unknown }) => error.data);
      expect(data).to.include({ code: 'token_invalid' });
    }
    const raw = await open();
    raw.send(connect('nonsense'));
    await raw.next('44');
    await raw.closed;
  });

  it('asks once to be let in: more ends it', async () => {
    const twice = await open();
    twice.send(connect());
    twice.send(connect());
    await twice.closed;
    const again = await open();
    again.send(connect());
    await again.next('42["connected"');
    again.send(connect());
    await again.closed;
  });

  async function open(): Promise<Raw> {
    const ws = new WebSocket(`${host.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const packets: string[] = [];
    let heard = (): void => undefined;
    ws.on('message', (data: Buffer) => {
      packets.push(data.toString());
      heard();
    });
    const closed = once(ws, 'close');
    await once(ws, 'open');
    return {
      send: (packet) => ws.send(packet),
      closed,
      async next(prefix) {
        for (;;) {
          const index = packets.findIndex((packet) => packet.startsWith(prefix));
          if (index >= 0) return packets.splice(index, 1)[0] ?? '';
          if (ws.readyState > WebSocket.OPEN) throw new Error(`closed before ${prefix}`);
          await new Promise<void>((resolve) => (heard = resolve));
        }
      },
    };
  }
});
