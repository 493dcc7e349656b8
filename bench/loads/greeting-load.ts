import { setTimeout as delay } from 'node:timers/promises';
import { serveCalls } from '../programs/serve-calls.js';
import { median } from '../statistics.js';
import { connectSocket, type EngineSocket } from './engine-socket.js';

// Clients that connect one after the other, and some who watch them come.

export type GreetingLoadCalls = {
  /** The median of the milliseconds from the first byte to `connected`, one client at a time. */
  greet: (port: number, auths: object[]) => Promise<number>;
  /** Connects clients who stay. */
  watch: (port: number, auths: object[]) => Promise<void>;
  /** `user:online` events that those who stay have had, once no more come. */
  heard: () => Promise<number>;
};

const watching: EngineSocket[] = [];
/** How long it must have been quiet. */
const quietMs = 300;

const calls: GreetingLoadCalls = {
  async greet(port, auths) {
    const tookMs: number[] = [];
    for (const auth of auths) {
      const started = performance.now();
      const socket = await connectSocket({ port, auth });
      tookMs.push(performance.now() - started);
      socket.close();
    }
    return median(tookMs);
  },

  async watch(port, auths) {
    for (const auth of auths) watching.push(await connectSocket({ port, auth }));
  },

  async heard() {
    let before = -1;
    for (let now = countHeard(); now !== before; now = countHeard()) {
      before = now;
      await delay(quietMs);
    }
    return before;
  },
};

function countHeard(): number {
  return watching.reduce((sum, socket) => sum + socket.usersOnline(), 0);
}

serveCalls(calls);
