import { hash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Claims, Issuer, TokenHeader } from './issuer.js';

/** What a full verification has found. */
export interface Verification {
  readonly issuer: Issuer;
  readonly header: TokenHeader;
  readonly claims: Claims;
  readonly key: KeyObject;
}

/** Verifications remembered by the whole token, signature included. */
export interface VerifiedTokens {
  get(token: string): Verification | undefined;
  set(token: string, verification: Verification): void;
}

/**
 * Keeps the most recently used `size` verifications; 0 keeps none. It is the caller's to ask whether one still holds:
 * nothing here knows of time or keys.
 *
 * The key is the token's SHA-256: a token is worth as much as a password, so none stays in memory.
 */
export function createVerifiedTokens(size: number): VerifiedTokens {
  if (size === 0) return { get: () => undefined, set: () => undefined };
  const cache = new LRUCache<string, Verification>({ max: size });
  const digest = (token: string): string => hash('sha256', token, 'base64');
  return {
    get: (token) => cache.get(digest(token)),
    set: (token, verification) => cache.set(digest(token), verification),
  };
}
