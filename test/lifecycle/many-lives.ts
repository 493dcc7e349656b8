import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import Koa from 'koa';
import { ChatSetupError, createChatModule, django, type ChatModuleOptions } from '../../lib/index.js';

// Run by a test in a process of its own, which has to end by itself: mounts and closes again and again, fails to start
// in between, and says before and after each round what there is of listeners and of what keeps Node running.
const [url, rounds] = process.argv.slice(2);
if (url === undefined) throw new Error('give the url of a database');

const app = new Koa();
const server = createServer(app.callback());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const options: ChatModuleOptions = {
  database: { url },
  auth: { issuers: [django({ secret: 'a secret of forty characters for the test' })] },
  directory: {
    findPeople: () => Promise.resolve([]),
    findAssignedDentist: () => Promise.resolve(null),
    findByLogin: () => Promise.resolve(null),
  },
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

say();
for (let round = 0; round < Number(rounds); round += 1) {
  await chat.mount(app, server);
  await chat.close();
  await failing.mount(app, server).catch((error: unknown) => {
    if (!(error instanceof ChatSetupError)) throw error;
  });
  await setImmediate();
  say();
}
server.close();
