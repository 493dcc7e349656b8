import type { KeyObject } from 'node:crypto';
import jwt from 'koa-jwt';
import { chatError, type ChatError } from '../errors.js';
import { refused } from './compact-jws.js';
import type { Claims, Issuer } from './issuer.js';

/** Checks a token's signature, `exp`, `nbf`, `iss` and `aud`; resolves with its claims. */
export type SignatureCheck = (token: string, key: KeyObject) => Promise<Claims>;

/** What koa-jwt touches of a Koa context. */
interface VerificationContext {
  readonly token: string;
  /** `secret` is koa-jwt's own way to be given a key for one request; `claims` is where it leaves what it verified. */
  readonly state: { readonly secret: KeyObject; claims?: Claims };
  throw(status: number, message: string, properties?: { originalError?: unknown }): never;
}

/**
 * koa-jwt for one issuer, run over a context of our own instead of the request's: a host's `ctx.state.secret`, its
 * cookies and other middleware cannot matter then, and a socket's handshake takes the very same way as a request.
 *
 * @param now the time in milliseconds since 1970.
 */
export function createSignatureCheck(issuer: Issuer, now: () => number): SignatureCheck {
  const options = {
    // Fails closed: the key of each token comes with its context.
    secret: () => Promise.reject(new Error('No key was given')),
    key: 'claims',
    getToken: (ctx: unknown) => (ctx as VerificationContext).token,
    algorithms: [...issuer.algorithms],
    clockTolerance: issuer.clockToleranceSeconds,
    // koa-jwt hands its options on to jsonwebtoken, which copies them, and so reads the clock, for each token.
    get clockTimestamp() {
      return now() / 1_000;
    },
    ...(issuer.iss === undefined ? {} : { issuer: issuer.iss }),
    ...(issuer.audience === undefined ? {} : { audience: [...issuer.audience] }),
  };
  const middleware = jwt(options);

  return async (token, key) => {
    const ctx: VerificationContext = {
      token,
      state: { secret: key },
      // koa-jwt makes a 401 of every error; what it was is kept beside.
      throw: (_status, message, properties) => {
        throw new Error(message, { cause: properties?.originalError });
      },
    };
    try {
      // A whole Koa context is asked for by the types, and only the part above is ever used.
      await middleware(ctx as unknown as Parameters<typeof middleware>[0], () => Promise.resolve());
    } catch (error) {
      throw toChatError(error instanceof Error && error.cause instanceof Error ? error.cause : error);
    }
    if (ctx.state.claims === undefined) throw refused('it was not verified');
    return ctx.state.claims;
  };
}

function toChatError(error: unknown): ChatError {
  // By name: koa-jwt may have a copy of jsonwebtoken of its own.
  const expired = error instanceof Error && error.name === 'TokenExpiredError';
  return expired ? chatError('token_expired') : chatError('token_invalid', { cause: error });
}
