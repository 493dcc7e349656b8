import { people } from '../../support/host-tables.js';
import { johnsToken, refusals, smithsToken, smithUserId, type Mint } from './token-row.js';

const withClient = (claims: Record<string, unknown>) => (mint: Mint) => johnsToken(mint, { claims });
const withUserId = (userId: unknown) => (mint: Mint) => smithsToken(mint, { claims: { user_id: userId } });

/** Tokens of the right issuer, for another use, another client or nobody. */
export const otherKinds = [
  ...refusals('token_invalid', {
    'a Cognito ID token where access tokens are asked for': ({ tokens }) => tokens.cognitoId(people.john.login),
    'a Cognito token without token_use': withClient({ token_use: undefined }),
    'a Cognito token with another token_use': withClient({ token_use: 'refresh' }),
    'a Cognito token whose token_use is a list': withClient({ token_use: ['access'] }),
    'a Cognito token of another app client': withClient({ client_id: 'another' }),
    'a Cognito token without client_id': withClient({ client_id: undefined }),
    'a Cognito token whose client_id is a list': (mint) =>
      withClient({ client_id: [mint.tokens.cognito.clientId] })(mint),
    'a Cognito access token with the client as aud alone': (mint) =>
      withClient({ client_id: undefined, aud: mint.tokens.cognito.clientId })(mint),
    'a Cognito token without sub': withClient({ sub: undefined }),
    'a Cognito token with an empty sub': withClient({ sub: '' }),
    'a Cognito token whose sub is a number': withClient({ sub: 1 }),
    'a Cognito token whose sub is an object': withClient({ sub: { id: people.john.login } }),
    'a Cognito token whose aud holds a number': withClient({ aud: ['a', 1] }),
    'a Django refresh token': ({ tokens }) => tokens.djangoRefresh(smithUserId),
    'a Django token for an audience where none is configured': (mint) => smithsToken(mint, { claims: { aud: 'site' } }),
    'a Django sliding token': (mint) => smithsToken(mint, { claims: { token_type: 'sliding' } }),
    'a Django token without token_type': (mint) => smithsToken(mint, { claims: { token_type: undefined } }),
    'a Django token whose token_type is a list': (mint) => smithsToken(mint, { claims: { token_type: ['access'] } }),
    'a Django token whose token_type is inherited': (mint) =>
      smithsToken(mint, { claims: { token_type: undefined, ['__proto__']: { token_type: 'access' } } }),
    'a Django token without user_id': withUserId(undefined),
    'a Django token whose user_id is null': withUserId(null),
    'a Django token whose user_id is 0': withUserId(0),
    'a Django token whose user_id is negative': withUserId(-smithUserId),
    'a Django token whose user_id is a fraction': withUserId(smithUserId + 0.5),
    'a Django token whose user_id is beyond 2^53-1': withUserId(2 ** 53),
    'a Django token whose user_id has too many digits': withUserId('9'.repeat(17)),
    'a Django token whose user_id is empty': withUserId(''),
    'a Django token whose user_id has a space': withUserId(` ${smithUserId}`),
    'a Django token whose user_id has a leading zero': withUserId(`0${smithUserId}`),
    'a Django token whose user_id is no number': withUserId('smith'),
    'a Django token whose user_id is in another notation': withUserId('0x389'),
    'a Django token whose user_id is a list': withUserId([smithUserId]),
    'a Django token whose user_id is true': withUserId(true),
    'a logout token of the pool': (mint) => johnsToken(mint, { header: { typ: 'logout+jwt' } }),
    'a logout token': (mint) => smithsToken(mint, { header: { typ: 'logout+jwt' } }),
    'a typ that is a number': (mint) => smithsToken(mint, { header: { typ: 1 } }),
    'a typ that is null': (mint) => smithsToken(mint, { header: { typ: null } }),
    'a typ that is no media type': (mint) => smithsToken(mint, { header: { typ: 'JWT; charset=utf-8' } }),
  }),
  ...refusals('actor_unknown', {
    'a Cognito token of somebody whom the directory does not know': ({ tokens }) =>
      tokens.cognitoAccess('11111111-0000-4000-8000-000000000000'),
    'a Cognito token whose sub is the login of a dentist': ({ tokens }) => tokens.cognitoAccess(people.smith.login),
    'a Cognito token whose sub is in upper case': ({ tokens }) => tokens.cognitoAccess(people.john.login.toUpperCase()),
    'a Cognito token whose sub has SQL in it': ({ tokens }) => tokens.cognitoAccess(`' OR '1'='1`),
    'a Cognito token whose sub has a NUL': ({ tokens }) => tokens.cognitoAccess(`${people.john.login}\0`),
    'a Django token of somebody whom the directory does not know': ({ tokens }) => tokens.djangoAccess(4_711),
    'a Django token whose user_id is the id of a dentist, and not their login': ({ tokens }) =>
      tokens.djangoAccess(people.smith.id),
    'a Django token of the largest user_id': ({ tokens }) => tokens.djangoAccess(Number.MAX_SAFE_INTEGER),
  }),
];
