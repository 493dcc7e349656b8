import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import type { Algorithm, Issuer } from '../../lib/auth/issuer.js';
import { fixedKey } from '../../lib/auth/keys/fixed-key.js';
import { verifyToken } from '../../lib/auth/verify-token.js';
import { refusal } from './refusal.js';

/** The issuer of the examples in RFC 7515, which is no issuer of this module's kinds. */
function joe(algorithm: Algorithm, key: KeyObject): Issuer {
  return {
    name: 'joe',
    iss: 'joe',
    algorithms: [algorithm],
    clockToleranceSeconds: 0,
    audience: undefined,
    openKeys: () => fixedKey(key),
    check: () => undefined,
    actor: () => null,
  };
}

const publicKey = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' });

/** Of RFC 7515, appendices A.1 to A.3: one payload, with an exp in 2011. */
const payload = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const expiresAt = 1_300_819_380;
const vectors = {
  HS256: {
    token: `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    key: createSecretKey(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      'base64url',
    ),
  },
  ES256: {
    token: `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    key: publicKey({
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    }),
  },
} as const;

describe('Verifying one token', () => {
  const now = (): number => (expiresAt - 1) * 1_000;

  for (const [algorithm, { token, key }] of Object.entries(vectors)) {
    it(`accepts the ${algorithm} example of RFC 7515 at its time`, async () => {
      const { claims, issuer } = await verifyToken([joe(algorithm as Algorithm, key)], token, { now });
      expect(issuer).to.equal('joe');
      expect(claims).to.deep.equal({ iss: 'joe', exp: expiresAt, 'http://example.com/is_root': true });
    });

    it(`finds the ${algorithm} example of RFC 7515 expired from its exp on`, async () => {
      const outcome = verifyToken([joe(algorithm as Algorithm, key)], token, { now: () => expiresAt * 1_000 });
      expect((await refusal(outcome)).code).to.equal('token_expired');
      expect((await refusal(verifyToken([joe(algorithm as Algorithm, key)], token))).code).to.equal('token_expired');
    });

    it(`refuses the ${algorithm} example of RFC 7515 with a bit turned over`, async () => {
      const bad = token.replace('.eyJpc3Mi', '.eyJpc3Nh');
      expect((await refusal(verifyToken([joe(algorithm as Algorithm, key)], bad, { now }))).code).to.equal(
        'token_invalid',
      );
    });
  }

  it('refuses every token when there is no issuer', async () => {
    expect((await refusal(verifyToken([], vectors.HS256.token, { now }))).code).to.equal('token_invalid');
  });
});
