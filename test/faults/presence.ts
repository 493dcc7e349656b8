import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { people, type SeededPerson } from '../support/host-tables.js';
import type { Service } from './service.js';
import type { Trial } from './trial.js';

interface Offline {
  readonly userId: number;
  readonly atMs: number;
}

/** Somebody who hears who goes. */
interface Watcher {
  readonly name: string;
  readonly heard: Offline[];
}

/** Within this its people are offline for everybody, in milliseconds. */
const dueMs = 30_000;
/** One more round of the processes that look for the dead: who is gone is not said twice. */
const afterwardsMs = 6_000;

const { john, mary, smith } = people;

/** John is in the process that dies, Mary in the other one too, and their dentist watches from everywhere. */
export const presenceTrial: Trial = {
  name: 'the people of a killed process go offline, once',
  async run(service) {
    const [stays, dies] = service.processes;
    const sockets: Socket[] = [];
    const connect = async (person: SeededPerson, url: string): Promise<Socket> => {
      const socket = await connectOnce(service, person, url);
      sockets.push(socket);
      return socket;
    };
    const watch = async (name: string, url: string): Promise<Watcher> => {
      const heard: Offline[] = [];
      const socket = await connect(smith, url);
      socket.on('user:offline', ({ userId }: { userId: number }) => heard.push({ userId, atMs: performance.now() }));
      return { name, heard };
    };
    try {
      const watchers = [await watch('in the other process', stays.url)];
      await connect(john, dies.url);
      await connect(mary, dies.url);
      await connect(mary, stays.url);
      await dies.kill();
      const killedAt = performance.now();
      await dies.start();
      watchers.push(await watch('in a new process', dies.url));

      const isHeard = (): boolean => watchers.every(({ heard }) => heard.length > 0);
      while (!isHeard() && performance.now() < killedAt + dueMs) await delay(50);
      const tookMs = performance.now() - killedAt;
      await delay(afterwardsMs);
      return {
        said: `offline after ${(tookMs / 1_000).toFixed(1)} s`,
        faults: [...service.incidents.splice(0), ...watchers.flatMap((watcher) => judge(watcher, killedAt))],
      };
    } finally {
      for (const socket of sockets) socket.disconnect();
    }
  },
};

function judge({ name, heard }: Watcher, killedAt: number): string[] {
  const faults: string[] = [];
  const ofJohn = heard.filter(({ userId }) => userId === john.id);
  const [first] = ofJohn;
  if (first === undefined) faults.push(`${name}: nobody was told that John is gone`);
  else if (first.atMs - killedAt > dueMs) faults.push(`${name}: that John is gone came late`);
  if (ofJohn.length > 1) faults.push(`${name}: that John is gone came ${ofJohn.length} times`);
  if (heard.some(({ userId }) => userId === mary.id)) faults.push(`${name}: Mary is said to be gone, and is there`);
  return faults;
}

/** Does not come back by itself. */
async function connectOnce({ tokenOf }: Service, person: SeededPerson, url: string): Promise<Socket> {
  const auth = { token: tokenOf(person) };
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('connected', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}
