import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import type { Algorithm } from '../../../lib/auth/issuer.js';
import { fetchSigningKeys, findSigningKey, type SigningKey } from '../../../lib/auth/keys/signing-keys.js';
import { rsaKey } from '../../support/jws.js';

const rsa = rsaKey(0).publicKey;
const otherRsa = rsaKey(1).publicKey;
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;

const jwk = (key: KeyObject, members: object = {}): object => ({ ...key.export({ format: 'jwk' }), ...members });
const read = (...keys: unknown[]): Promise<readonly SigningKey[]> => fetchSigningKeys(async () => ({ keys }), []);

async function find(keys: readonly unknown[], alg: Algorithm, kid?: string): Promise<KeyObject | undefined> {
  return findSigningKey(await read(...keys), { alg, ...(kid === undefined ? {} : { kid }) });
}

describe('The signing keys of a JWKS', () => {
  it('are found by kid', async () => {
    const set = [jwk(rsa, { kid: 'a' }), jwk(otherRsa, { kid: 'b' })];
    expect((await find(set, 'RS256', 'a'))?.equals(rsa)).to.equal(true);
    expect((await find(set, 'RS256', 'b'))?.equals(otherRsa)).to.equal(true);
    expect(await find(set, 'RS256', 'c')).to.equal(undefined);
  });

  it('are found without kid only when one alone fits the algorithm', async () => {
    expect((await find([jwk(rsa, { kid: 'a' }), jwk(p384, { kid: 'b' })], 'RS256'))?.equals(rsa)).to.equal(true);
    expect(await find([jwk(rsa, { kid: 'a' }), jwk(otherRsa, { kid: 'b' })], 'RS256')).to.equal(undefined);
  });

  it('are not found by a kid that they do not have', async () => {
    expect(await find([jwk(rsa)], 'RS256', 'a')).to.equal(undefined);
  });

  it('of one kid and two kinds are told apart by the algorithm', async () => {
    const set = [jwk(rsa, { kid: 'a' }), jwk(p256.publicKey, { kid: 'a' })];
    expect((await find(set, 'ES256', 'a'))?.equals(p256.publicKey)).to.equal(true);
    expect((await find(set, 'PS256', 'a'))?.equals(rsa)).to.equal(true);
  });

  const unusable: Record<string, { key: object; alg?: Algorithm }> = {
    'an RSA key under 2,048 bits': { key: jwk(weakRsa) },
    'a key for encryption': { key: jwk(rsa, { use: 'enc' }) },
    'a key whose operations do not include verify': { key: jwk(rsa, { key_ops: ['encrypt'] }) },
    'a key for another algorithm': { key: jwk(rsa, { alg: 'RS512' }) },
    'a key for no signature algorithm': { key: jwk(rsa, { alg: 'RSA-OAEP' }) },
    'a key of another kind': { key: jwk(p256.publicKey) },
    'a key on another curve': { key: jwk(p384), alg: 'ES256' },
    'a key on another curve that says to be for this algorithm': { key: jwk(p384, { alg: 'ES256' }), alg: 'ES256' },
    'a secret': { key: { kty: 'oct', k: 'c2VjcmV0' }, alg: 'HS256' },
    'a secret that says to be for RS256': { key: { kty: 'oct', k: 'c2VjcmV0', alg: 'RS256' } },
    'a private key': { key: jwk(p256.privateKey), alg: 'ES256' },
    'a key without a modulus': { key: { kty: 'RSA', e: 'AQAB' } },
    'a key that cannot be read': { key: { kty: 'RSA', n: 1, e: {} } },
    'a key of an unknown kind': { key: { kty: 'XYZ' } },
  };
  for (const [what, { key, alg = 'RS256' }] of Object.entries(unusable)) {
    it(`are found beside ${what}, which is never used`, async () => {
      const good = alg === 'ES256' ? p256.publicKey : rsa;
      const set = [{ ...key, kid: 'bad' }, jwk(good, { kid: 'good' })];
      expect(await find(set, alg, 'bad')).to.equal(undefined);
      if (alg !== 'HS256') expect((await find(set, alg, 'good'))?.equals(good)).to.equal(true);
    });
  }

  it('are found beside members that are no keys', async () => {
    const set = [null, 1, 'key', [], {}, jwk(rsa, { kid: 'a' })];
    expect((await find(set, 'RS256', 'a'))?.equals(rsa)).to.equal(true);
  });

  it('are none in a set without keys', async () => {
    expect(await read()).to.deep.equal([]);
    expect(await read({ kty: 'oct' })).to.deep.equal([]);
  });

  for (const nonsense of [null, [], {}, 'keys', { keys: {} }, { keys: null }]) {
    it(`cannot be had from ${JSON.stringify(nonsense)}`, async () => {
      const failure = await fetchSigningKeys(async () => nonsense, []).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
    });
  }

  it('stay the same objects as long as they are the same keys', async () => {
    const before = await read(jwk(rsa, { kid: 'a' }), jwk(otherRsa, { kid: 'b' }));
    const set = { keys: [jwk(otherRsa, { kid: 'b' }), jwk(otherRsa, { kid: 'a' })] };
    const after = await fetchSigningKeys(async () => set, before);
    const keyOf = (keys: readonly SigningKey[], kid: string): unknown => keys.find((key) => key.kid === kid)?.key;
    expect(keyOf(after, 'b')).to.equal(keyOf(before, 'b'));
    expect(keyOf(after, 'a')).not.to.equal(keyOf(before, 'a'));
  });
});
