import { WebSocket } from 'ws';

/** A connection to the socket door below Socket.IO's client, which would send nothing that is broken. */
export interface EngineConnection {
  readonly isOpen: boolean;
  send(packet: string | Uint8Array): void;
  /** Calls an event with arguments that are JSON already, and gives the ack's. Rejects when the server closes instead. */
  call(...args: readonly string[]): Promise<string>;
  /** Waits for the answer to a call that is always answered, or for the server to close. */
  roundTrip(): Promise<unknown>;
  /** All that came, since the last call. */
  received(): string[];
  close(): void;
}

/** The ids of calls: no attack uses one as high by itself. */
const firstCallId = 987_654;

export async function connectEngine(port: number, token: string): Promise<EngineConnection> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  let received: string[] = [];
  let nextCallId = firstCallId;
  let heard: (() => void) | undefined;
  socket.on('error', () => undefined);
  socket.on('close', () => heard?.());
  socket.on('message', (data: Buffer, isBinary) => {
    const packet = isBinary ? '' : data.toString();
    if (packet === '2') socket.send('3');
    received.push(packet);
    heard?.();
  });

  async function until(prefix: string): Promise<boolean> {
    const deadline = AbortSignal.timeout(10_000);
    for (;;) {
      if (received.some((packet) => packet.startsWith(prefix))) return true;
      if (socket.readyState >= WebSocket.CLOSING) return false;
      await new Promise<void>((resolve, reject) => {
        heard = resolve;
        deadline.addEventListener('abort', () => reject(new Error(`nothing that begins with ${prefix} within 10 s`)), {
          once: true,
        });
      });
    }
  }

  await until('0{');
  socket.send(`40${JSON.stringify({ token })}`);
  if (!(await until('42["connected"'))) throw new Error(`refused: ${received.join(' ')}`);
  async function call(...args: readonly string[]): Promise<string> {
    const id = nextCallId++;
    if (socket.readyState === WebSocket.OPEN) socket.send(`42${id}[${args.join(',')}]`);
    const prefix = `43${id}`;
    if (!(await until(`${prefix}[`))) throw new Error('the connection was closed');
    return received.find((packet) => packet.startsWith(`${prefix}[`))?.slice(prefix.length) ?? '';
  }

  return {
    call,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (packet) => socket.send(packet),
    roundTrip: () => call('"message:read"', '{"sessionId":0,"messageId":0}').catch(() => undefined),
    received() {
      const all = received;
      received = [];
      return all;
    },
    close: () => socket.terminate(),
  };
}
