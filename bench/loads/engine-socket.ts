import { WebSocket, type RawData } from 'ws';

/**
 * A client of Socket.IO that does as little as one can: it speaks the frames itself and parses no JSON, so that what is
 * measured is the server. (Engine.IO 4: `0` open, `2` ping, `3` pong, `4` message; Socket.IO 5 in it: `0` connect,
 * `2` event, `3` ack, `4` error.)
 */
export interface EngineSocket {
  /** Emits an event with one argument, given as JSON. Resolves with whether the ack says `ok: true`. */
  emit(event: string, json: string): Promise<boolean>;
  /** `message:new` events received so far. */
  newMessages(): number;
  /** `user:online` events received so far. */
  usersOnline(): number;
  close(): void;
}

export interface ConnectOptions {
  readonly port: number;
  /** The payload of CONNECT: the module's token, and what the yardsticks believe. */
  readonly auth: object;
}

/** Resolves once the server has said `connected`. */
export function connectSocket({ port, auth }: ConnectOptions): Promise<EngineSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    // An all-zero mask, which the library then leaves out the work for.
    generateMask: (mask) => void mask.fill(0),
  });
  const acks = new Map<string, (ok: boolean) => void>();
  let emitted = 0;
  let newMessages = 0;
  let usersOnline = 0;

  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the server closed the socket'));
      for (const settle of acks.values()) settle(false);
    });
    socket.on('message', (data: RawData) => {
      if (!Buffer.isBuffer(data)) return;
      const head = data.toString('latin1', 0, 24);
      if (head.startsWith('43')) acked(head, data);
      else if (head.startsWith('42["message:new"')) newMessages += 1;
      else if (head.startsWith('42["user:online"')) usersOnline += 1;
      else if (head === '2') socket.send('3');
      else if (head.startsWith('0{')) socket.send(`40${JSON.stringify(auth)}`);
      else if (head.startsWith('42["connected"')) {
        resolve({ emit, newMessages: () => newMessages, usersOnline: () => usersOnline, close });
      } else if (head.startsWith('44')) {
        reject(new Error(`refused: ${data.toString()}`));
        socket.terminate();
      }
    });
  });

  function acked(head: string, data: Buffer): void {
    const bracket = head.indexOf('[');
    const id = head.slice(2, bracket);
    const settle = acks.get(id);
    acks.delete(id);
    settle?.(data.toString('latin1', bracket, bracket + 11) === '[{"ok":true');
  }

  function emit(event: string, json: string): Promise<boolean> {
    const id = String((emitted += 1));
    socket.send(`42${id}["${event}",${json}]`);
    return new Promise((resolve) => acks.set(id, resolve));
  }

  function close(): void {
    socket.terminate();
  }
}
