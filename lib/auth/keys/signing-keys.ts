import { createPublicKey, type KeyObject } from 'node:crypto';
import jwksRsa from 'jwks-rsa';
import type { TokenHeader } from '../issuer.js';
import { keyFits } from './key-strength.js';

/** A public key of a JWKS (RFC 7517). */
export interface SigningKey {
  readonly kid: string | undefined;
  /** The one algorithm that the key is for, where its JWK says so. */
  readonly alg: string | undefined;
  readonly pem: string;
  readonly key: KeyObject;
}

/**
 * Fetches a JWKS and keeps what can verify signatures. An empty set is an answer: the issuer has withdrawn all keys.
 *
 * jwks-rsa picks and reads the keys that are for signatures. Its own cache and rate limit are off: it fetches for each
 * kid apart, lets a flood of unknown ones use up the fetches of the others, and makes a token wait when its key is due
 * for a refresh.
 *
 * @param known the keys of the fetch before: a key that is still there stays the same object.
 * @throws Error when the set cannot be had.
 */
export async function fetchSigningKeys(
  fetchJwks: () => Promise<unknown>,
  known: readonly SigningKey[],
): Promise<readonly SigningKey[]> {
  let answered = false;
  const client = new jwksRsa.JwksClient({
    cache: false,
    fetcher: async () => {
      const keys = readJwks(await fetchJwks());
      answered = true;
      return { keys };
    },
  });
  const found = await client.getSigningKeys().catch((error: unknown) => {
    // An empty set is an error to jwks-rsa.
    if (answered && error instanceof jwksRsa.JwksError) return [];
    throw error;
  });
  return found.map((each): SigningKey => {
    // jwks-rsa's types promise a kid and an alg; in truth a JWK without them has none.
    const { kid, alg }: { kid?: string; alg?: string } = each;
    const pem = each.getPublicKey();
    const same = known.find((other) => other.kid === kid && other.alg === alg && other.pem === pem);
    return same ?? { kid, alg, pem, key: createPublicKey(pem) };
  });
}

/**
 * The key for a header: by its kid, or, without one, the only key that fits. Keys that are too weak, of another kind or
 * for another algorithm are as good as not there.
 */
export function findSigningKey(keys: readonly SigningKey[], header: TokenHeader): KeyObject | undefined {
  const fitting = keys.filter(
    ({ kid, alg, key }) =>
      (header.kid === undefined || header.kid === kid) &&
      (alg === undefined || alg === header.alg) &&
      keyFits(key, header.alg),
  );
  return header.kid !== undefined || fitting.length === 1 ? fitting[0]?.key : undefined;
}

/** The members of a JWKS (RFC 7517 section 5) that are JSON objects: jwks-rsa takes all of them to be. */
function readJwks(jwks: unknown): readonly object[] {
  const keys = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('It answered no JWKS');
  return keys.filter((jwk: unknown) => typeof jwk === 'object' && jwk !== null);
}
