import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto';
import { z } from 'zod';
import { algorithms, type Algorithm } from '../issuer.js';
import { keyFits, minRsaBits, minSecretBytes } from './key-strength.js';

/** A signing secret of enough bytes, as text (UTF-8) or bytes. */
export const secretKey = z
  .custom<string | Uint8Array>(
    (value) => typeof value === 'string' || value instanceof Uint8Array,
    'must be a string or bytes',
  )
  .transform((secret, context): KeyObject => {
    const bytes = Buffer.from(secret);
    // Whoever has the public key could sign tokens with it as a secret.
    if (bytes.includes('-----BEGIN ')) return fault(context, 'is a PEM key; give a public key as publicKey');
    if (bytes.length < minSecretBytes)
      return fault(context, `must have at least ${minSecretBytes} bytes (RFC 7518 section 3.2)`);
    return createSecretKey(bytes);
  });

/** A public key that some algorithm of the list can use, as PEM (SPKI, PKCS #1 or a certificate) or a KeyObject. */
export const publicKey = z
  .custom<string | KeyObject>(
    (value) => typeof value === 'string' || value instanceof KeyObject,
    'must be PEM or a KeyObject',
  )
  .transform((given, context): KeyObject => {
    let key: KeyObject;
    try {
      if (typeof given === 'string' && given.includes('PRIVATE KEY'))
        return fault(context, 'is a private key; give the public one');
      key = typeof given === 'string' ? createPublicKey(given) : given;
    } catch {
      return fault(context, 'cannot be read as a public key in PEM');
    }
    if (key.type !== 'public') return fault(context, 'must be a public key');
    if (defaultAlgorithm(key) === undefined) {
      return fault(context, `must be RSA of at least ${minRsaBits} bits, or on the curve P-256, P-384 or P-521`);
    }
    return key;
  });

/** What a key is for when nothing else is said: the first of the list that it fits (HS256, RS256, ...). */
export function defaultAlgorithm(key: KeyObject): Algorithm | undefined {
  return algorithms.find((algorithm) => keyFits(key, algorithm));
}

function fault(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
