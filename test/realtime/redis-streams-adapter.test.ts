import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { startRedis, type RedisServer } from './redis-server.js';
import { itCrossesProcesses } from './crossing.js';
import { startTwoHosts, type TwoHosts } from './two-hosts.js';

type RedisClient = Awaited<ReturnType<typeof connectTo>>;

describe('the Redis Streams adapter (where redis-server is installed)', () => {
  let redis: RedisServer | undefined;
  let client: RedisClient | undefined;
  let hosts: TwoHosts;

  before(async function () {
    this.timeout(30_000);
    redis = await startRedis();
    if (redis === undefined) return this.skip();
    const connected = await connectTo(redis);
    client = connected;
    hosts = await startTwoHosts(() => ({
      // Until the first message, the adapter misses what comes between two reads: so the first one lasts until it is there.
      adapter: createAdapter(connected, { blockTimeInMs: 60_000 }),
      offlineGraceMs: 50,
    }));
    while ((await readersOf(client)).length < 2);
  });

  after(async () => {
    if (redis === undefined || client === undefined) return;
    await hosts.close();
    // The adapters end their own connections when their reads are over; they would look for a Redis that is gone.
    await client.xAdd('socket.io', '*', { reading: 'over' });
    while ((await client.clientList()).length > 1);
    client.destroy();
    await redis.stop();
  });

  itCrossesProcesses(() => hosts);
});

async function readersOf(client: RedisClient) {
  return (await client.clientList()).filter(({ cmd }) => cmd === 'xread');
}

async function connectTo({ socket }: RedisServer) {
  const client = createClient({ socket: { path: socket, tls: false } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
