import { createServer } from 'node:http';
import Koa from 'koa';
import { cognito, createChatModule, diskImageStore, django, sqlDirectory } from '../../lib/index.js';
import type { ImageStore } from '../../lib/index.js';
import { hostTables } from '../support/host-tables.js';

/** What a process of the service is told at its start. */
export interface HostSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly cognito: Parameters<typeof cognito>[0];
  readonly django: Parameters<typeof django>[0];
  readonly imagesDir: string;
}

/** What it can be told later. */
export type HostOrder = 'close' | 'die after the next commit' | 'lose the image store' | 'find the image store';

// A small host of the module, run as a process of its own, to be killed. Whatever would end it by itself, ends it.
const settings = JSON.parse(process.argv[2] ?? '') as HostSettings;
let isStoreAway = false;
let diesAfterCommit = false;

const chat = createChatModule({
  database: { url: settings.databaseUrl, poolSize: 8 },
  auth: { issuers: [cognito(settings.cognito), django(settings.django)] },
  directory: sqlDirectory(hostTables),
  images: { store: losable(diskImageStore({ dir: settings.imagesDir })), processes: 1 },
  realtime: { adapter: 'postgres' },
});
// Before the module's own listeners, which are there from mount() on: after the commit and before the broadcast.
chat.on('message:sent', () => {
  if (diesAfterCommit) process.kill(process.pid, 'SIGKILL');
});

const app = new Koa();
// Composed at the first request, when the module is mounted.
let handle: ReturnType<Koa['callback']> | undefined;
const server = createServer((request, response) => void (handle ??= app.callback())(request, response));
await chat.mount(app, server);
server.listen(settings.port, '127.0.0.1', () => process.send?.('listening'));

process.on('message', (order: HostOrder) => {
  if (order === 'die after the next commit') diesAfterCommit = true;
  if (order === 'lose the image store') isStoreAway = true;
  if (order === 'find the image store') isStoreAway = false;
  if (order === 'close') void close();
});
// The tests went without a word.
process.on('disconnect', () => process.exit(0));

async function close(): Promise<void> {
  server.close();
  await chat.close();
  server.closeAllConnections();
  process.exit(0);
}

/** The store, for as long as it can be reached. */
function losable(store: ImageStore): ImageStore {
  const reach = (): void => {
    if (isStoreAway) throw new Error('the store is away');
  };
  return {
    ...store,
    put: async (...args) => {
      reach();
      return store.put(...args);
    },
    get: async (...args) => {
      reach();
      return store.get(...args);
    },
    head: async (...args) => {
      reach();
      return store.head(...args);
    },
  };
}
