import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** What happens to the others that the service needs. Whoever does not need them notices nothing. */
export const dependencyFaults: readonly Fault[] = [
  {
    name: 'the image store is away, and then hangs',
    excuses: ['image_store_unavailable'],
    async inflict({ objects }) {
      objects.mood = 'down';
      await delay(1_500);
      objects.mood = 'hanging';
      await delay(3_000);
      objects.mood = 'up';
    },
  },
  {
    name: 'the endpoint of keys is away, then slow, and a new key signs',
    excuses: ['issuer_unavailable', 'not connected'],
    async inflict({ tokens: { jwks } }) {
      jwks.mood = 'down';
      jwks.rotate();
      await delay(1_500);
      jwks.mood = 'hanging';
      await delay(1_500);
      jwks.mood = 'up';
      jwks.delayMs = 300;
      await delay(1_000);
      jwks.delayMs = 0;
    },
  },
];
