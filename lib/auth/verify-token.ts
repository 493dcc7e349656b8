import type { Issuer } from './issuer.js';
import { createTokenVerifier, type VerifiedToken } from './token-verifier.js';
import { consoleLogger, type Logger } from '../logger.js';

export interface VerifyTokenOptions {
  /** The time to verify at, in milliseconds since 1970. Default: now. */
  readonly now?: () => number;
  /** Default: warnings and errors to the console. */
  readonly logger?: Logger;
}

/**
 * Verifies one token just as both doors do, without a module around it: to run test vectors, or in a script. The keys
 * are opened for this one call; a server verifies through its module, which keeps them.
 *
 * @throws ChatError `token_invalid`, `token_expired` or `issuer_unavailable`.
 * @throws ChatSetupError where a token could belong to two of the issuers.
 */
export async function verifyToken(
  issuers: readonly Issuer[],
  token: string,
  { now = Date.now, logger = consoleLogger }: VerifyTokenOptions = {},
): Promise<VerifiedToken> {
  const lookup = { findByLogin: () => Promise.resolve(null) };
  const verifier = createTokenVerifier({ issuers, lookup, cacheSize: 0, logger, now });
  try {
    return await verifier.verifyToken(token);
  } finally {
    verifier.close();
  }
}
