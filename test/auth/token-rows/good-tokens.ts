import type { PersonRef } from '../../../lib/auth/actor.js';
import { decode, partsOf, rawToken } from '../raw-token.js';
import { inSeconds, john, johnsToken, smith, smithsToken, smithUserId, type Mint, type TokenRow } from './token-row.js';

const accepted = (verdict: PersonRef, tokens: Record<string, (mint: Mint) => string>): readonly TokenRow[] =>
  Object.entries(tokens).map(([title, token]) => ({ title, token, verdict }));

/** Tokens that must be accepted, some of them odd. */
export const goodTokens: readonly TokenRow[] = [
  ...accepted(john, {
    'a Cognito access token': (mint) => johnsToken(mint),
    'a Cognito access token with typ JWT': (mint) => johnsToken(mint, { header: { typ: 'JWT' } }),
    'a Cognito access token with typ application/jwt': (mint) =>
      johnsToken(mint, { header: { typ: 'application/jwt' } }),
    'a Cognito access token without kid while the pool has one key': (mint) =>
      johnsToken(mint, { header: { kid: undefined } }),
    'a Cognito access token with an aud that names a resource': (mint) =>
      johnsToken(mint, { claims: { aud: 'https://chat.example' } }),
    'a token whose nbf is now': (mint) => johnsToken(mint, { claims: { nbf: inSeconds(0) } }),
    'a token whose exp is no whole number': (mint) => johnsToken(mint, { claims: { exp: inSeconds(60) + 0.5 } }),
    'a token with a certificate thumbprint, which names no key': (mint) =>
      johnsToken(mint, { header: { x5t: 'AAAA' } }),
    'a good token whose jku points elsewhere': (mint) => johnsToken(mint, { header: { jku: mint.trapUrl } }),
    'a good token whose x5u points elsewhere': (mint) => johnsToken(mint, { header: { x5u: mint.trapUrl } }),
    'a token with names in other scripts': (mint) => johnsToken(mint, { claims: { username: 'Ольга 😀' } }),
    'a token that is long, and within 8 KiB': (mint) => johnsToken(mint, { claims: { groups: 'x'.repeat(4_000) } }),
  }),
  ...accepted(smith, {
    'a Django access token': (mint) => smithsToken(mint),
    'a Django access token with the user id as digits': ({ tokens }) => tokens.djangoAccess(String(smithUserId)),
    'a Django access token without typ': (mint) => smithsToken(mint, { header: { typ: undefined } }),
    'a Django access token with a kid, which means nothing there': (mint) =>
      smithsToken(mint, { header: { kid: 'default' } }),
    'a Django access token without iat and jti': (mint) =>
      smithsToken(mint, { claims: { iat: undefined, jti: undefined } }),
    'a token with duplicate members, of which the last counts': (mint) =>
      withClaims(mint, `"exp":1,"token_type":"refresh",`, `,"token_type":"access"`),
    'a token whose claims are nested deeply': (mint) =>
      withClaims(mint, '', `,"x":${'['.repeat(2_500)}${']'.repeat(2_500)}`),
    'a token with whitespace in its JSON': ({ tokens }) =>
      rawToken(
        '{ "alg" : "HS256" }',
        ` {\r\n\t"token_type": "access", "exp": ${inSeconds(60)}, "user_id": ${smithUserId} } `,
        tokens.django.secret,
      ),
  }),
];

/** Smith's claims, with members before and after them. */
function withClaims(mint: Mint, before: string, after: string): string {
  const claims = JSON.stringify(decode(partsOf(smithsToken(mint))[1])).slice(1, -1);
  return rawToken('{"alg":"HS256"}', `{${before}${claims}${after}}`, mint.tokens.django.secret);
}
