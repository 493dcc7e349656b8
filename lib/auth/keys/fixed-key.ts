import type { KeyObject } from 'node:crypto';
import { refused } from '../compact-jws.js';
import type { KeySource } from '../issuer.js';
import { keyFits } from './key-strength.js';

/** One configured key, whatever a token's `kid` says. */
export function fixedKey(key: KeyObject): KeySource {
  return {
    keyFor: async ({ alg }) => {
      if (!keyFits(key, alg)) throw refused('its alg does not fit the key of its issuer');
      return key;
    },
    isCurrent: (other) => other === key,
  };
}
