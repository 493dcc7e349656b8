import type { PersonRef } from '../../../lib/auth/actor.js';
import type { ChatErrorCode } from '../../../lib/errors.js';
import { people } from '../../support/host-tables.js';
import type { TestTokens, TokenChanges } from '../../support/tokens.js';

/** What a row may make its token from. */
export interface Mint {
  readonly tokens: TestTokens;
  /** A real server that nobody may ever call. */
  readonly trapUrl: string;
}

export interface TokenRow {
  /** Reads on after "accepts" or "refuses". */
  readonly title: string;
  token(mint: Mint): string;
  /** Who it is, or why not. */
  readonly verdict: PersonRef | ChatErrorCode;
}

export const john: PersonRef = { type: 'customer', id: people.john.id };
export const smith: PersonRef = { type: 'dentist', id: people.smith.id };

/** Smith's user id in Django. */
export const smithUserId = Number(people.smith.login);

/** John's good Cognito access token, with changes. */
export function johnsToken({ tokens }: Mint, changes?: TokenChanges): string {
  return tokens.cognitoAccess(people.john.login, changes);
}

/** Smith's good Django access token, with changes. */
export function smithsToken({ tokens }: Mint, changes?: TokenChanges): string {
  return tokens.djangoAccess(smithUserId, changes);
}

/** The time in seconds since 1970, some seconds from now. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}

/** Rows of tokens that are all refused for the same reason. */
export function refusals(
  verdict: ChatErrorCode,
  tokens: Readonly<Record<string, (mint: Mint) => string>>,
): readonly TokenRow[] {
  return Object.entries(tokens).map(([title, token]) => ({ title, token, verdict }));
}
