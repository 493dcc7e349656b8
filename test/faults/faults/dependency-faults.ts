import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectServerMood } from '../object-server.js';
import { somebodyWasTold } from './bites.js';
import type { Fault } from './fault.js';

/** Longer than the 5 s within which an answer is due. */
const hangMs = 6_000;

/** The image store is in one mood after the other, each for so many milliseconds. */
function storeFault(name: string, moods: readonly (readonly [ObjectServerMood, number])[]): Fault {
  return {
    name,
    excuses: [{ code: 'image_store_unavailable', door: 'picture' }],
    hasBitten: somebodyWasTold('image_store_unavailable'),
    async inflict({ objects }) {
      for (const [mood, forMs] of moods) {
        objects.mood = mood;
        await delay(forMs);
      }
      objects.mood = 'up';
    },
  };
}

/** What happens to the others that the service needs. Whoever does not need them notices nothing. */
export const dependencyFaults: readonly Fault[] = [
  storeFault('the image store is away, and then hangs', [
    ['down', 1_500],
    ['hanging', 3_000],
  ]),
  storeFault('the image store does what it is asked for, and says that it failed, or half of its answer', [
    ['failing', 1_500],
    ['cutting', 1_500],
  ]),
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
