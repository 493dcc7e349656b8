import { constants, setPriority } from 'node:os';
import { serveCalls } from '../programs/serve-calls.js';
import { connectSocket } from './engine-socket.js';
import { openConnection } from './http-connection.js';
import { phonePhoto } from './phone-photo.js';

// One person who asks for as much as can be asked for, in each of the ways that there are.

export type FloodKind = 'sends' | 'connects' | 'requests' | 'uploads';

export interface Flooder {
  readonly chatId: number;
  readonly token: string;
}

/** Calls that were answered well, and that were refused. */
export interface FloodOutcome {
  readonly done: number;
  readonly refused: number;
}

export type FloodLoadCalls = {
  flood: (kind: FloodKind, port: number, flooder: Flooder, seconds: number) => Promise<FloodOutcome>;
};

/** How many are under way at any time. */
const atOnce: Readonly<Record<FloodKind, number>> = { sends: 1_000, connects: 20, requests: 200, uploads: 20 };

type Ask = () => Promise<boolean>;

/** What asks once, for each of those that ask at the same time. */
const askers: Readonly<Record<FloodKind, (port: number, flooder: Flooder) => Promise<() => Promise<Ask>>>> = {
  async sends(port, { chatId, token }) {
    const socket = await connectSocket({ port, auth: { token } });
    const json = JSON.stringify({ sessionId: chatId, content: 'And another thing' });
    return () => Promise.resolve(() => socket.emit('message:send', json));
  },

  connects: (port, { token }) =>
    Promise.resolve(() =>
      Promise.resolve(async () => {
        try {
          (await connectSocket({ port, auth: { token } })).close();
          return true;
        } catch {
          return false;
        }
      }),
    ),

  requests(port, { token }) {
    const head = `GET /api/chats HTTP/1.1\r\nHost: chat\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    return Promise.resolve(async () => {
      const connection = await openConnection(port);
      return async () => (await connection.request(Buffer.from(head))).status === 200;
    });
  },

  async uploads(port, { chatId, token }) {
    const photo = new Blob([new Uint8Array(await phonePhoto())], { type: 'image/jpeg' });
    return () =>
      Promise.resolve(async () => {
        const body = new FormData();
        body.append('images', photo, 'photo.jpg');
        const headers = { Authorization: `Bearer ${token}` };
        const url = `http://127.0.0.1:${port}/api/chats/${chatId}/messages`;
        const response = await fetch(url, { method: 'POST', headers, body });
        await response.arrayBuffer();
        return response.status === 201;
      });
  },
};

const calls: FloodLoadCalls = {
  async flood(kind, port, flooder, seconds) {
    const askerFor = await askers[kind](port, flooder);
    const until = performance.now() + seconds * 1_000;
    let done = 0;
    let refused = 0;
    const askOnAndOn = async (): Promise<void> => {
      const ask = await askerFor();
      while (performance.now() < until) {
        if (await ask()) done += 1;
        else refused += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce[kind] }, askOnAndOn));
    return { done, refused };
  },
};

// What it costs to be the flooder is not to be measured: on a small machine both share the processors.
setPriority(constants.priority.PRIORITY_LOW);
serveCalls(calls);
