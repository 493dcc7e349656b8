import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../issuer.js';

/** RFC 7518 section 3.3: RSA keys of 2048 bits or more. */
export const minRsaBits = 2_048;

/** RFC 7518 section 3.2, for HS256: a secret of 256 bits or more. */
export const minSecretBytes = 32;

const curves: Partial<Record<Algorithm, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** Whether a key is of the kind that the algorithm needs, and strong enough: a secret is never a public key. */
export function keyFits(key: KeyObject, algorithm: Algorithm): boolean {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key;
  const family = algorithm.slice(0, 2);
  if (family === 'HS') return key.type === 'secret' && (key.symmetricKeySize ?? 0) >= minSecretBytes;
  if (key.type !== 'public') return false;
  if (family === 'ES') return kind === 'ec' && details?.namedCurve === curves[algorithm];
  // An RSA-PSS key is bound to PSS signatures; a plain RSA key serves both.
  return (kind === 'rsa' || (kind === 'rsa-pss' && family === 'PS')) && (details?.modulusLength ?? 0) >= minRsaBits;
}
