import type { ChatModuleOptions } from '../../lib/index.js';

export interface RedisAdapter {
  readonly adapter: NonNullable<ChatModuleOptions['realtime']>['adapter'];
  close(): Promise<void>;
}

/**
 * Lets several processes of the service reach each other's sockets, through a stream in Redis.
 * @throws Error of one line when the packages are not installed or Redis cannot be reached.
 */
export async function openRedisAdapter(url: string): Promise<RedisAdapter> {
  const [{ createClient }, { createAdapter }] = await Promise.all([
    import('redis'),
    import('@socket.io/redis-streams-adapter'),
  ]).catch((cause: unknown) => {
    throw new Error('REDIS_URL needs two packages: npm install redis @socket.io/redis-streams-adapter', { cause });
  });

  let wasConnected = false;
  const client = createClient({
    url,
    socket: {
      connectTimeout: 5_000,
      // At the start a wrong address should be known at once; later Redis may be away for a while.
      reconnectStrategy: (retries) => (wasConnected ? Math.min(3_000, 100 * 2 ** Math.min(retries, 5)) : false),
    },
  });
  client.on('error', (error: Error) => {
    if (wasConnected) console.error(`[platform] Redis: ${error.message}`);
  });
  try {
    await client.connect();
    wasConnected = true;
  } catch (cause) {
    throw new Error('REDIS_URL: Redis cannot be reached there', { cause });
  }
  return { adapter: createAdapter(client), close: async () => client.destroy() };
}
