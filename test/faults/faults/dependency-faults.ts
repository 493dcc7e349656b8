import { setTimeout as delay } from 'node:timers/promises';
import { somebodyWasTold } from './bites.js';
import type { Fault } from './fault.js';

/** Longer than the 5 s within which an answer is due. */
const hangMs = 6_000;

/** What happens to the others that the service needs. Whoever does not need them notices nothing. */
export const dependencyFaults: readonly Fault[] = [
  {
    name: 'the image store is away, and then hangs',
    excuses: [{ code: 'image_store_unavailable', door: 'picture' }],
    hasBitten: somebodyWasTold('image_store_unavailable'),
    async inflict({ objects }) {
      objects.mood = 'down';
      await delay(1_500);
      objects.mood = 'hanging';
      await delay(3_000);
      objects.mood = 'up';
    },
  },
  {
    name: 'the image store does what it is asked for, and says that it failed, or half of its answer',
    excuses: [{ code: 'image_store_unavailable', door: 'picture' }],
    hasBitten: somebodyWasTold('image_store_unavailable'),
    async inflict({ objects }) {
      objects.mood = 'failing';
      await delay(1_500);
      objects.mood = 'cutting';
      await delay(1_500);
      objects.mood = 'up';
    },
  },
  {
    // The dentists' issuer is another one, whose key the service has.
    name: 'the endpoint of keys is away, then slow, and a new key signs',
    excuses: [{ code: 'issuer_unavailable', person: 'customer' }],
    hasBitten: somebodyWasTold('issuer_unavailable'),
    async inflict({ tokens: { jwks } }) {
      jwks.mood = 'down';
      jwks.rotate();
      await delay(1_500);
      jwks.mood = 'hanging';
      await delay(hangMs);
      jwks.mood = 'up';
      jwks.delayMs = 300;
      await delay(1_000);
      jwks.delayMs = 0;
    },
  },
];
