import { spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { serveCalls } from '../programs/serve-calls.js';
import { connectSocket } from './engine-socket.js';
import { openConnection } from './http-connection.js';
import { phonePhoto } from './phone-photo.js';

// One person who asks for as much as can be asked for, in each of the ways that there are.

export type FloodKind = 'sends' | 'connects' | 'requests' | 'lists' | 'uploads';

export interface Flooder {
  readonly chatId: number;
  readonly token: string;
}

/** How many calls were answered well, and how many refused, and in what time. */
export interface FloodOutcome {
  readonly done: number;
  readonly refused: number;
  readonly seconds: number;
}

export type FloodLoadCalls = {
  begin: (kind: FloodKind, port: number, flooder: Flooder) => Promise<void>;
  /** Asks for nothing more. Resolves with what was answered until then, once everything is. */
  end: () => Promise<FloodOutcome>;
};

interface FloodState {
  isOver: boolean;
  done: number;
  refused: number;
}

/** How many are under way at any time. */
const atOnce: Readonly<Record<FloodKind, number>> = {
  sends: 1_000,
  connects: 20,
  requests: 200,
  lists: 20,
  uploads: 20,
};

type Ask = () => Promise<boolean>;

const photo = phonePhoto().then((bytes) => new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }));

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

  requests: (port, { chatId, token }) => askersFor(port, token, `/api/chats/${chatId}/messages`),

  lists: (port, { token }) => askersFor(port, token, '/api/chats'),

  async uploads(port, { chatId, token }) {
    const image = await photo;
    return () =>
      Promise.resolve(async () => {
        const body = new FormData();
        body.append('images', image, 'photo.jpg');
        const headers = { Authorization: `Bearer ${token}` };
        const url = `http://127.0.0.1:${port}/api/chats/${chatId}/messages`;
        const response = await fetch(url, { method: 'POST', headers, body });
        await response.arrayBuffer();
        return response.status === 201;
      });
  },
};

function askersFor(port: number, token: string, path: string): Promise<() => Promise<Ask>> {
  const head = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: chat\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return Promise.resolve(async () => {
    const connection = await openConnection(port);
    return async () => (await connection.request(head)).status === 200;
  });
}

let flood: (FloodState & { readonly began: number; readonly asking: Promise<unknown> }) | undefined;

const calls: FloodLoadCalls = {
  async begin(kind, port, flooder) {
    const askerFor = await askers[kind](port, flooder);
    const began = performance.now();
    const state: FloodState = { isOver: false, done: 0, refused: 0 };
    const askOnAndOn = async (): Promise<void> => {
      const ask = await askerFor();
      while (!state.isOver) {
        const isOk = await ask();
        if (state.isOver) return;
        if (isOk) state.done += 1;
        else state.refused += 1;
      }
    };
    flood = Object.assign(state, { began, asking: Promise.all(Array.from({ length: atOnce[kind] }, askOnAndOn)) });
  },

  async end() {
    if (flood === undefined) throw new Error('no flood has begun');
    flood.isOver = true;
    const { done, refused, began } = flood;
    const seconds = (performance.now() - began) / 1_000;
    await flood.asking;
    return { done, refused, seconds };
  },
};

/**
 * What it costs to be the flooder is not to be measured: on a small machine both share the processors. Where there is an
 * idle class it runs in that, for a low priority alone still holds up whoever wakes.
 */
function yieldToOthers(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  spawnSync('chrt', ['-a', '-i', '-p', '0', String(process.pid)]);
}

yieldToOthers();
serveCalls(calls);
