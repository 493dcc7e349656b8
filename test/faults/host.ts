import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import Koa from 'koa';
import { createClient } from 'redis';
import {
  cognito,
  createChatModule,
  django,
  s3ImageStore,
  sqlDirectory,
  type ChatModuleOptions,
} from '../../lib/index.js';
import { hostTables } from '../support/host-tables.js';

/** What a process of the service is told at its start. */
export interface HostSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly cognito: Parameters<typeof cognito>[0];
  readonly django: Parameters<typeof django>[0];
  /** Of the image store. */
  readonly objectsUrl: string;
  /** The socket of the Redis that carries the events; without one PostgreSQL does. */
  readonly redisSocket: string | undefined;
}

/** What it can be told later. */
export type HostOrder = 'close' | 'die after the next commit' | 'measure';

/** What it answers to `measure`, once garbage is collected. */
export interface Measure {
  /** What is held in the heap, and outside of it for what is there: buffers above all. */
  readonly heldBytes: number;
  /** What keeps Node running, open files, and listeners, by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

// A small host of the module, run as a process of its own, to be killed. Whatever would end it by itself, ends it.
const settings = JSON.parse(process.argv[2] ?? '') as HostSettings;
let diesAfterCommit = false;

const chat = createChatModule({
  database: { url: settings.databaseUrl, poolSize: settings.poolSize },
  auth: { issuers: [cognito(settings.cognito), django(settings.django)] },
  directory: sqlDirectory(hostTables),
  images: {
    store: s3ImageStore({
      bucket: 'pictures',
      region: 'eu-central-1',
      endpoint: settings.objectsUrl,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      timeoutMs: 1_000,
      maxAttempts: 2,
    }),
    processes: 1,
  },
  realtime: { adapter: settings.redisSocket === undefined ? 'postgres' : await openRedis(settings.redisSocket) },
});
// After the commit and before the broadcast: what is said in this turn is written, and told to others, when it has ended.
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
  if (order === 'measure') void measure().then((measured) => process.send?.(measured));
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

async function openRedis(path: string): Promise<NonNullable<ChatModuleOptions['realtime']>['adapter']> {
  const client = createClient({ socket: { path, tls: false } });
  client.on('error', () => undefined);
  await client.connect();
  return createAdapter(client, { blockTimeInMs: 50 });
}

async function measure(): Promise<Measure> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('measuring needs --expose-gc');
  // What the first finds unreachable is told to those who wait for that, and the second takes what they held.
  void gc();
  await delay(50);
  void gc();
  const counts: Record<string, number> = { 'open files': (await readdir('/proc/self/fd').catch(() => [])).length };
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  for (const [name, emitter] of [
    ['server', server],
    ['process', process],
  ] as const) {
    for (const event of emitter.eventNames()) counts[`${name} ${String(event)}`] = emitter.listenerCount(event);
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heldBytes: heapUsed + external, counts };
}
