import { chatError } from '../errors.js';
import { refused } from './compact-jws.js';

/**
 * The token of an `Authorization` header (RFC 6750 section 2.1): the scheme in any case, then exactly one token.
 * @throws ChatError `token_missing` without a header or with one of another scheme, `token_invalid` for anything else
 * than one token.
 */
export function readBearerToken(authorization: string | undefined): string {
  const [scheme, ...credentials] = (authorization ?? '').trim().split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer' || credentials.length === 0) throw chatError('token_missing');
  const [token, ...more] = credentials;
  // The characters of RFC 6750's b64token; a comma would begin a second header value.
  if (token === undefined || more.length > 0 || !/^[\w.~+/-]+=*$/.test(token))
    throw refused('the header has not one token');
  return token;
}
