import type { TokenHeader } from '../issuer.js';

/**
 * A reason against a token that says to be of another kind than a plain JWT (RFC 8725 section 3.11: a logout token or a
 * DPoP proof of the same issuer is no access token). Without a `typ` it is a plain one.
 */
export function reasonAgainstTyp({ typ = 'jwt' }: TokenHeader): string | undefined {
  return typ === 'jwt' ? undefined : 'its typ is not JWT';
}
