import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { django, type DjangoOptions } from '../../../lib/auth/issuers/django.js';
import { verifyToken } from '../../../lib/auth/verify-token.js';
import { rsaKey, signJws } from '../../support/jws.js';
import { startTestTokens, type TestTokens } from '../../support/tokens.js';
import { faultsOf } from '../faults.js';
import { refusal } from '../refusal.js';
import { simpleJwt } from './simple-jwt-vectors.js';

const secret = 's'.repeat(32);
const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();
const rsa = rsaKey(0);
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

describe('A Django host', () => {
  describe('with the tokens that SimpleJWT really gave out', () => {
    const issuers = [django({ secret: simpleJwt.secret })];
    const now = (): number => simpleJwt.issuedAt * 1_000 + 1_000;

    it('accepts the access token', async () => {
      const { claims } = await verifyToken(issuers, simpleJwt.access, { now });
      expect(claims).to.include({ token_type: 'access', user_id: 905 });
    });

    it('refuses the refresh token and the sliding token', async () => {
      for (const token of [simpleJwt.refresh, simpleJwt.sliding]) {
        expect((await refusal(verifyToken(issuers, token, { now }))).code).to.equal('token_invalid');
      }
    });

    it('refuses the access token once it has expired', async () => {
      expect((await refusal(verifyToken(issuers, simpleJwt.access))).code).to.equal('token_expired');
    });
  });

  describe('picks the algorithm of its key', () => {
    const cases: readonly [what: string, options: DjangoOptions, algorithm: string][] = [
      ['a secret', { secret }, 'HS256'],
      ['a secret of bytes', { secret: Buffer.from(secret) }, 'HS256'],
      ['an RSA key', { publicKey: pem(rsa.publicKey) }, 'RS256'],
      ['an RSA key in an object', { publicKey: rsa.publicKey }, 'RS256'],
      ['a P-256 key', { publicKey: pem(p256.publicKey) }, 'ES256'],
      ['a P-384 key', { publicKey: pem(p384.publicKey) }, 'ES384'],
      ['a JWKS', { jwksUri: 'https://clinic.example/jwks.json' }, 'RS256'],
    ];
    for (const [what, options, algorithm] of cases) {
      it(`${algorithm} for ${what}`, () => expect(django(options).algorithms).to.deep.equal([algorithm]));
    }
  });

  const faults: readonly [what: string, options: Record<string, unknown>, fault: RegExp][] = [
    ['no key', {}, /^django\.secret: give just one of secret, publicKey and jwksUri$/],
    ['two keys', { secret, publicKey: rsa.publicKey }, /^django\.secret: give just one/],
    ['a secret under 32 bytes', { secret: 's'.repeat(31) }, /^django\.secret: must have at least 32 bytes/],
    ['an empty secret', { secret: '' }, /^django\.secret: must have at least 32 bytes/],
    ['a secret that is a number', { secret: 1 }, /^django\.secret: must be a string or bytes$/],
    ['a public key as the secret', { secret: pem(rsa.publicKey) }, /^django\.secret: is a PEM key/],
    [
      'an RSA key under 2,048 bits',
      { publicKey: pem(weakRsa.publicKey) },
      /^django\.publicKey: must be RSA of at least 2048 bits/,
    ],
    ['a key that no algorithm here uses', { publicKey: pem(ed25519.publicKey) }, /^django\.publicKey: must be RSA/],
    ['a private key', { publicKey: pem(rsa.privateKey) }, /^django\.publicKey: is a private key/],
    ['a private key in an object', { publicKey: rsa.privateKey }, /^django\.publicKey: must be a public key/],
    ['a public key that is no PEM', { publicKey: 'ssh-rsa AAAA' }, /^django\.publicKey: cannot be read/],
    ['an algorithm that is none', { secret, algorithms: ['none'] }, /^django\.algorithms\[0\]: must be one of/],
    ['no algorithm', { secret, algorithms: [] }, /^django\.algorithms: must not be empty$/],
    [
      'HS256 for a public key',
      { publicKey: rsa.publicKey, algorithms: ['HS256'] },
      /^django\.algorithms: HS256 does not fit/,
    ],
    ['RS256 for a secret', { secret, algorithms: ['RS256'] }, /^django\.algorithms: RS256 does not fit/],
    [
      'HS256 for a JWKS',
      { jwksUri: 'https://x.example', algorithms: ['HS256'] },
      /^django\.algorithms: HS256 does not fit/,
    ],
    [
      'ES256 for another curve',
      { publicKey: p384.publicKey, algorithms: ['ES256'] },
      /^django\.algorithms: ES256 does not fit/,
    ],
    ['an empty audience', { secret, audience: [] }, /^django\.audience: /],
    ['an option that does not exist', { secret, leeway: 1 }, /^django\.leeway: no such option$/],
  ];
  for (const [what, options, fault] of faults) {
    it(`refuses ${what}, and repeats no value`, () => {
      const [first, ...more] = faultsOf(() => django(options));
      expect(first).to.match(fault);
      expect(more).to.deep.equal([]);
      expect(first).not.to.include('sss').and.not.to.include('BEGIN PUBLIC');
    });
  }

  describe('set up otherwise than by default', () => {
    let tokens: TestTokens;

    before(async () => {
      tokens = await startTestTokens();
    });
    after(() => tokens.close());

    const accepts = async (options: DjangoOptions, token: string): Promise<boolean> => {
      try {
        await verifyToken([django(options)], token);
        return true;
      } catch {
        return false;
      }
    };

    it('verifies RS256 by a public key', async () => {
      const options = tokens.djangoRs256;
      expect(await accepts(options, tokens.djangoRs256Access(905))).to.equal(true);
      expect(await accepts(options, tokens.djangoRs256Access(905, { key: rsa.privateKey }))).to.equal(false);
      expect(
        await accepts(options, tokens.djangoAccess(905, { key: options.publicKey })),
        'the PEM as a secret',
      ).to.equal(false);
    });

    it('verifies ES256 and PS256 when told', async () => {
      const claims = { token_type: 'access', user_id: 905, exp: 4_000_000_000 };
      const es256 = signJws({ alg: 'ES256' }, claims, p256.privateKey);
      expect(await accepts({ publicKey: p256.publicKey }, es256)).to.equal(true);
      const ps256 = signJws({ alg: 'PS256' }, claims, rsa.privateKey);
      expect(await accepts({ publicKey: rsa.publicKey, algorithms: ['PS256'] }, ps256)).to.equal(true);
      expect(await accepts({ publicKey: rsa.publicKey }, ps256)).to.equal(false);
    });

    it('refuses an ES256 signature of zeros', async () => {
      const claims = { token_type: 'access', user_id: 905, exp: 4_000_000_000 };
      const [header = '', payload = ''] = signJws({ alg: 'ES256' }, claims, p256.privateKey).split('.');
      const zeros = Buffer.alloc(64).toString('base64url');
      expect(await accepts({ publicKey: p256.publicKey }, `${header}.${payload}.${zeros}`)).to.equal(false);
    });

    it('verifies by a JWKS, with a kid and without', async () => {
      const options: DjangoOptions = { jwksUri: tokens.jwks.url };
      const { kid, privateKey: key } = tokens.jwks.current;
      expect(await accepts(options, tokens.djangoRs256Access(905, { key, header: { kid } }))).to.equal(true);
      expect(await accepts(options, tokens.djangoRs256Access(905, { key }))).to.equal(true);
      expect(await accepts(options, tokens.djangoRs256Access(905, { header: { kid } }))).to.equal(false);
    });

    it('asks for its iss and aud once they are configured', async () => {
      const options = { ...tokens.django, issuer: 'https://clinic.example', audience: ['chat', 'site'] };
      const token = (claims: object): string => tokens.djangoAccess(905, { claims: { ...claims } });
      expect(await accepts(options, token({ iss: 'https://clinic.example', aud: 'chat' }))).to.equal(true);
      expect(await accepts(options, token({ iss: 'https://clinic.example', aud: ['x', 'site'] }))).to.equal(true);
      for (const claims of [
        {},
        { aud: 'chat' },
        { iss: 'https://clinic.example' },
        { iss: 'https://clinic.example', aud: 'other' },
        { iss: 'https://clinic.example', aud: [] },
        { iss: 'https://other.example', aud: 'chat' },
      ]) {
        expect(await accepts(options, token(claims)), JSON.stringify(claims)).to.equal(false);
      }
    });

    it('finds the user id in another claim', async () => {
      const options = { ...tokens.django, userIdClaim: 'uid' };
      expect(await accepts(options, tokens.djangoAccess(905, { claims: { user_id: undefined, uid: 905 } }))).to.equal(
        true,
      );
      expect(await accepts(options, tokens.djangoAccess(905))).to.equal(false);
    });
  });
});
