import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../service.js';
import { lostConnections, type Fault } from './fault.js';

/** What happens to Redis where it carries the events. Sockets reconnect where something is missed for good. */
export const redisFaults: readonly Fault[] = [
  {
    name: 'Redis crashes and comes back empty',
    excuses: lostConnections,
    deafMs: 10_000,
    async inflict(service, random) {
      const redis = redisOf(service);
      await redis.crash();
      await delay(500 + random.below(1_000));
      await redis.restart();
    },
  },
  {
    name: 'Redis hangs',
    excuses: lostConnections,
    deafMs: 10_000,
    async inflict(service) {
      const redis = redisOf(service);
      redis.pause();
      await delay(2_000);
      redis.resume();
    },
  },
];

function redisOf({ redis }: Service): NonNullable<Service['redis']> {
  if (redis === undefined) throw new Error('the service runs without Redis');
  return redis;
}
