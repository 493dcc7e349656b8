import { chatError } from '../errors.js';

/**
 * For work that had to wait since its token was looked at.
 * @param expiresAt as an `Authentication` has it: seconds since 1970.
 * @throws ChatError `token_expired`.
 */
export function requireUnexpired(expiresAt: number): void {
  if (Date.now() >= expiresAt * 1_000) throw chatError('token_expired');
}
