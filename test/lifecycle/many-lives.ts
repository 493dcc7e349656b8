import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import Koa from 'koa';
import { ChatSetupError, createChatModule, diskImageStore, django, type ChatModuleOptions } from '../../lib/index.js';

// Run by a test in a process of its own, which has to end by itself: mounts and closes again and again, fails to start
// in between, and says before and after each round what there is of listeners and of what keeps Node running.
const [url, rounds, dir] = process.argv.slice(2);
if (url === undefined || dir === undefined) throw new Error('give the url of a database, and a folder for pictures');

/** Forty lives that each left a module behind, its caches and its schemas, would leave far more. */
const maxGrowthMiB = 4;

const app = new Koa();
const server = createServer(app.callback());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const options: ChatModuleOptions = {
  database: { url },
  auth: { issuers: [django({ secret: 'a secret of forty characters for the test' })] },
  directory: {
    findPeople: (refs) => Promise.resolve(refs.map((ref) => ({ ...ref, name: 'Somebody', email: null }))),
    findAssignedDentist: () => Promise.resolve(5),
    findByLogin: () => Promise.resolve(null),
  },
  images: { store: diskImageStore({ dir }) },
  realtime: { adapter: 'postgres' },
};
const unable = { name: 'unable', version: '1.0.0', start: () => Promise.reject(new Error('unable')) };
const chat = createChatModule(options);
const failing = createChatModule({ ...options, plugins: [unable] });

function say(): void {
  const listeners = server.eventNames().map((event) => [String(event), server.listenerCount(event)]);
  const processListeners = process.eventNames().map((event) => process.listenerCount(event));
  const resources = process
    .getActiveResourcesInfo()
    .filter((kind) => !/^(TTY|Pipe)Wrap$/.test(kind))
    .sort();
  process.stdout.write(`${JSON.stringify({ listeners, processListeners, resources })}\n`);
}

/** What is in use once all that is not has been cleared away, in MiB. */
function heapMiB(): number {
  gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

say();
let warmMiB = Infinity;
for (let round = 0; round < Number(rounds); round += 1) {
  await chat.mount(app, server);
  const customer = { type: 'customer', id: round + 1 } as const;
  const { id: chatId } = await chat.chats.start(customer);
  await chat.messages.send(customer, { chatId, content: 'Hello' });
  await chat.close();
  await failing.mount(app, server).catch((error: unknown) => {
    if (!(error instanceof ChatSetupError)) throw error;
  });
  await setImmediate();
  say();
  // By then all code has been run, and compiled.
  if (round === 10) warmMiB = heapMiB();
}
if (app.middleware.length !== 1) throw new Error(`the app has ${app.middleware.length} middleware of one module`);
const grownMiB = heapMiB() - warmMiB;
if (!(grownMiB < maxGrowthMiB)) throw new Error(`the heap has grown by ${grownMiB} MiB`);
server.close();
