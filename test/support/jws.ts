import { constants, createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

// Made with node:crypto alone, not with the library that verifies: what the two agree on is the standard (RFC 7515).

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const keys: SigningKey[] = [];

/** The run's nth RSA key: making one takes long, and no test needs one that no other test had. */
export function rsaKey(index = 0): SigningKey {
  while (keys.length <= index) {
    keys.push({ kid: `test-key-${keys.length}`, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });
  }
  const key = keys[index];
  if (key === undefined) throw new Error(`no key ${index}`);
  return key;
}

/** A compact JWS of whatever header and payload: good ones, and ones that no library would make. */
export function signJws(header: object, payload: unknown, key: KeyObject | string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signature((header as { alg?: unknown }).alg, signed, key).toString('base64url')}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(alg: unknown, signed: string, key: KeyObject | string): Buffer {
  const [, kind, bits] = /^(HS|RS|PS|ES)(256|384|512)$/.exec(String(alg)) ?? [];
  const hash = `sha${bits}`;
  const privateKey = (): KeyObject => (typeof key === 'string' ? createPrivateKey(key) : key);
  switch (kind) {
    case 'HS':
      return createHmac(hash, key).update(signed).digest();
    case 'RS':
      return sign(hash, Buffer.from(signed), privateKey());
    case 'PS': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign(hash, Buffer.from(signed), {
        key: privateKey(),
        padding,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
    }
    case 'ES':
      return sign(hash, Buffer.from(signed), { key: privateKey(), dsaEncoding: 'ieee-p1363' });
    default: // `none`, and what nobody has heard of
      return Buffer.alloc(0);
  }
}
