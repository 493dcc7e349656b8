import { decode, encode, partsOf, rawToken } from '../raw-token.js';
import { people } from '../../support/host-tables.js';
import { rsaKey, signJws } from '../../support/jws.js';
import { johnsToken, refusals, smithsToken, type Mint } from './token-row.js';

/** A token with another alg and no signature, or whatever signature is given. */
function unsigned(token: string, alg: unknown, signature = ''): string {
  const [header, payload] = partsOf(token);
  return `${encode(JSON.stringify({ ...decode(header), alg }))}.${payload}.${signature}`;
}

/** John's claims signed with HMAC, and the pool's public key as the secret. */
function signedWithPublicKey(mint: Mint, secret: string | Buffer): string {
  const [header, payload] = partsOf(johnsToken(mint));
  const claims = Buffer.from(payload, 'base64url');
  return rawToken(JSON.stringify({ ...decode(header), alg: 'HS256' }), claims, secret);
}

const pem = (mint: Mint): string =>
  mint.tokens.jwks.current.publicKey.export({ format: 'pem', type: 'spki' }).toString();
const der = (mint: Mint): Buffer => mint.tokens.jwks.current.publicKey.export({ format: 'der', type: 'spki' });

/** Tokens that try to be verified in another way than their issuer signs. */
export const wrongAlgorithms = refusals('token_invalid', {
  'alg none without a signature': (mint) => unsigned(johnsToken(mint), 'none'),
  'alg none on a Django token': (mint) => unsigned(smithsToken(mint), 'none'),
  'alg none with a signature': (mint) => unsigned(johnsToken(mint), 'none', 'AAAA'),
  'alg none with the signature of another alg': (mint) =>
    unsigned(smithsToken(mint), 'none', partsOf(smithsToken(mint))[2]),
  'alg None': (mint) => unsigned(smithsToken(mint), 'None', 'AAAA'),
  'alg NONE': (mint) => unsigned(smithsToken(mint), 'NONE', 'AAAA'),
  'alg nOnE': (mint) => unsigned(smithsToken(mint), 'nOnE', 'AAAA'),
  'no alg': (mint) => smithsToken(mint, { header: { alg: undefined } }),
  'alg null': (mint) => unsigned(smithsToken(mint), null, partsOf(smithsToken(mint))[2]),
  'an empty alg': (mint) => unsigned(smithsToken(mint), '', partsOf(smithsToken(mint))[2]),
  'an alg that is a list': (mint) => unsigned(smithsToken(mint), ['HS256'], partsOf(smithsToken(mint))[2]),
  'an alg that is an object': (mint) =>
    unsigned(smithsToken(mint), { toString: 'HS256' }, partsOf(smithsToken(mint))[2]),
  'an alg in lower case': (mint) => unsigned(smithsToken(mint), 'hs256', partsOf(smithsToken(mint))[2]),
  'an alg with a space': (mint) => unsigned(smithsToken(mint), 'HS256 ', partsOf(smithsToken(mint))[2]),
  'an alg of another standard': (mint) => unsigned(smithsToken(mint), 'EdDSA', 'AAAA'),
  'an alg that only the prototype has': ({ tokens }) =>
    rawToken(
      '{"__proto__":{"alg":"HS256"}}',
      JSON.stringify({ token_type: 'access', user_id: 905 }),
      tokens.django.secret,
    ),
  'HS384 with the right secret, which the issuer does not use': (mint) =>
    smithsToken(mint, { header: { alg: 'HS384' } }),
  'HS512 with the right secret, which the issuer does not use': (mint) =>
    smithsToken(mint, { header: { alg: 'HS512' } }),
  'PS256 with the right key, which the issuer does not use': (mint) => johnsToken(mint, { header: { alg: 'PS256' } }),
  'RS512 with the right key, which the issuer does not use': (mint) => johnsToken(mint, { header: { alg: 'RS512' } }),
  'RS256 for an issuer of secrets': (mint) =>
    smithsToken(mint, { header: { alg: 'RS256' }, key: rsaKey(0).privateKey }),
  'HS256 with the public key in PEM as the secret': (mint) => signedWithPublicKey(mint, pem(mint)),
  'HS256 with the public key in PEM, trimmed, as the secret': (mint) => signedWithPublicKey(mint, pem(mint).trim()),
  'HS256 with the public key in DER as the secret': (mint) => signedWithPublicKey(mint, der(mint)),
  'HS256 with the modulus as the secret': (mint) => {
    const { n = '' } = mint.tokens.jwks.current.publicKey.export({ format: 'jwk' });
    return signedWithPublicKey(mint, Buffer.from(n, 'base64url'));
  },
  'HS256 with the secret of another issuer': (mint) => signedWithPublicKey(mint, mint.tokens.django.secret),
  'ES256 with a signature of zeros': (mint) => unsigned(johnsToken(mint), 'ES256', encode(Buffer.alloc(64))),
  'RS256 with a signature of zeros': (mint) => unsigned(johnsToken(mint), 'RS256', encode(Buffer.alloc(256))),
  'RS256 by the key of somebody else under the kid of the pool': (mint) =>
    johnsToken(mint, { key: rsaKey(7).privateKey }),
  'HS256 by another secret': (mint) => smithsToken(mint, { key: 'another secret, and as long as the real one' }),
  'HS256 by an empty secret': (mint) => smithsToken(mint, { key: '' }),
  'a signature cut short': (mint) => smithsToken(mint).slice(0, -4),
  'a signature with more after it': (mint) => `${smithsToken(mint)}AAAA`,
  'the signature of another token': (mint) => {
    const [header, payload] = partsOf(smithsToken(mint));
    return `${header}.${payload}.${partsOf(smithsToken(mint, { claims: { user_id: 1 } }))[2]}`;
  },
  'claims changed after signing': (mint) => {
    const [header, payload, signature] = partsOf(johnsToken(mint));
    const claims = { ...decode(payload), sub: people.mary.login };
    return `${header}.${encode(JSON.stringify(claims))}.${signature}`;
  },
  'a header changed after signing': (mint) => {
    const [header, payload, signature] = partsOf(johnsToken(mint));
    return `${encode(JSON.stringify({ ...decode(header), x: 1 }))}.${payload}.${signature}`;
  },
  'a token signed with no issuer named': (mint) =>
    signJws({ alg: 'RS256' }, { exp: 4_000_000_000 }, mint.tokens.jwks.current.privateKey),
});
