import { rawToken } from '../raw-token.js';
import { inSeconds, johnsToken, refusals, smithsToken, smithUserId, type Mint } from './token-row.js';

const withClaim = (claim: string, value: unknown) => (mint: Mint) => smithsToken(mint, { claims: { [claim]: value } });

/** Smith's token with the text of its exp as it stands. */
const withExpText = (exp: string) => (mint: Mint) =>
  rawToken(
    '{"alg":"HS256"}',
    `{"token_type":"access","user_id":${smithUserId},"exp":${exp}}`,
    mint.tokens.django.secret,
  );

/** Tokens whose times are wrong, or no times. */
export const wrongClaims = [
  ...refusals('token_expired', {
    'a Cognito token that expired a second ago': (mint) => johnsToken(mint, { claims: { exp: inSeconds(-1) } }),
    'a Django token that expired a second ago': (mint) => smithsToken(mint, { claims: { exp: inSeconds(-1) } }),
    'a token that expires now': (mint) => smithsToken(mint, { claims: { exp: inSeconds(0) } }),
    'a token that expired in 1970': withClaim('exp', 0),
    'a token whose last exp has passed': (mint) => withExpText(`${inSeconds(60)},"exp":${inSeconds(-1)}`)(mint),
  }),
  ...refusals('token_invalid', {
    'an expired token that somebody else signed': (mint) =>
      smithsToken(mint, { claims: { exp: inSeconds(-1) }, key: 'another secret, and as long as the real one' }),
    'no exp': withClaim('exp', undefined),
    'a Cognito token without exp': (mint) => johnsToken(mint, { claims: { exp: undefined } }),
    'an exp that is null': withClaim('exp', null),
    'an exp that is text': (mint) => withClaim('exp', String(inSeconds(60)))(mint),
    'an exp that is a date': withClaim('exp', '2099-01-01T00:00:00Z'),
    'an exp that is true': withClaim('exp', true),
    'an exp in a list': (mint) => withClaim('exp', [inSeconds(60)])(mint),
    'an exp that is an object': withClaim('exp', {}),
    'an exp in milliseconds': (mint) => withClaim('exp', inSeconds(60) * 1_000)(mint),
    'an exp before 1970': withClaim('exp', -1),
    'an exp beyond all numbers': withExpText('1e999'),
    'an exp beyond all numbers, negative': withExpText('-1e999'),
    'an nbf in the future': (mint) => withClaim('nbf', inSeconds(60))(mint),
    'an nbf that is text': (mint) => withClaim('nbf', String(inSeconds(-60)))(mint),
    'an nbf that is null': withClaim('nbf', null),
    'an nbf in milliseconds': (mint) => withClaim('nbf', inSeconds(-60) * 1_000)(mint),
    'an nbf before 1970': withClaim('nbf', -1),
    'an iat that is text': (mint) => withClaim('iat', String(inSeconds(-60)))(mint),
    'an iat that is null': withClaim('iat', null),
    'an iat in milliseconds': (mint) => withClaim('iat', inSeconds(-60) * 1_000)(mint),
    'a Cognito token that is not valid yet': (mint) => johnsToken(mint, { claims: { nbf: inSeconds(60) } }),
    'a sub that is a list': withClaim('sub', ['x']),
    'an aud that is a number': withClaim('aud', 1),
    'an aud that is null': withClaim('aud', null),
  }),
];
