import { rsaKey } from '../../support/jws.js';
import { johnsToken, refusals, smithsToken, type Mint } from './token-row.js';

const withIss = (iss: unknown) => (mint: Mint) => johnsToken(mint, { claims: { iss } });

/** Tokens of issuers that are not configured, or that say to be of another than they are. */
export const otherOrigins = refusals('token_invalid', {
  'another pool': (mint) => withIss(`${mint.tokens.cognitoIssuer}X`)(mint),
  'another pool, by its own key': (mint) =>
    johnsToken(mint, {
      claims: { iss: `${mint.tokens.cognitoIssuer}X` },
      header: { kid: 'other' },
      key: rsaKey(7).privateKey,
    }),
  'the pool with a slash at the end': (mint) => withIss(`${mint.tokens.cognitoIssuer}/`)(mint),
  'the pool in upper case': (mint) => withIss(mint.tokens.cognitoIssuer.toUpperCase())(mint),
  'the pool with a space': (mint) => withIss(` ${mint.tokens.cognitoIssuer}`)(mint),
  'the pool over plain http': (mint) => withIss(mint.tokens.cognitoIssuer.replace('https', 'http'))(mint),
  'the pool in a list': (mint) => withIss([mint.tokens.cognitoIssuer])(mint),
  'an empty iss': withIss(''),
  'an iss that is null': withIss(null),
  'an iss that is a number': withIss(0),
  'an iss that every object has': withIss('constructor'),
  'a Cognito token without iss': withIss(undefined),
  'a Django token with an iss that nobody has': (mint) => smithsToken(mint, { claims: { iss: 'django' } }),
  'a Django token that says to be of the pool': (mint) =>
    smithsToken(mint, { claims: { iss: mint.tokens.cognitoIssuer } }),
  'a Django token with an iss that is null': (mint) => smithsToken(mint, { claims: { iss: null } }),
  'a Cognito token with the claims of a Django one': (mint) =>
    johnsToken(mint, { claims: { iss: undefined, token_type: 'access', user_id: 905 } }),
});
