import { goodTokens } from './token-rows/good-tokens.js';
import { keysFromTheHeader } from './token-rows/keys-from-the-header.js';
import { otherKinds } from './token-rows/other-kinds.js';
import { otherOrigins } from './token-rows/other-origins.js';
import { wrongAlgorithms } from './token-rows/wrong-algorithms.js';
import { wrongClaims } from './token-rows/wrong-claims.js';
import { wrongEncodings } from './token-rows/wrong-encodings.js';
import type { TokenRow } from './token-rows/token-row.js';

/**
 * Good and bad tokens, each with the one verdict that every door must give. They are for a module whose issuers are
 * `cognito(tokens.cognito)` and `django(tokens.django)` and whose directory knows the people of
 * `test/support/host-tables.ts`.
 */
export const tokenTable: readonly TokenRow[] = [
  ...goodTokens,
  ...wrongAlgorithms,
  ...keysFromTheHeader,
  ...otherOrigins,
  ...otherKinds,
  ...wrongClaims,
  ...wrongEncodings,
];

/** Whether an HTTP client can send the token at all: visible ASCII and single spaces, within Node's limit for headers. */
export function fitsHeader(token: string): boolean {
  return token.length < 12_000 && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(token);
}
