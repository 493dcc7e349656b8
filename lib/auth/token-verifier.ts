import { ChatError, chatError } from '../errors.js';
import { frozen } from '../frozen.js';
import { consoleLogger, type Logger } from '../logger.js';
import { resultWithinMs } from '../within.js';
import { isPersonRef, type Actor } from './actor.js';
import { maxTokenLength, parseCompactJws, refused } from './compact-jws.js';
import { createIssuerMap } from './issuer-map.js';
import type { ActorLookup, Claims, Issuer, KeySource } from './issuer.js';
import { createSignatureCheck, type SignatureCheck } from './signature-check.js';
import { createVerifiedTokens, type Verification } from './verified-tokens.js';

/** A token that holds, and what it says. */
export interface VerifiedToken {
  /** The name of the issuer. */
  readonly issuer: string;
  /** Deeply frozen. */
  readonly claims: Claims;
}

/** The person a token speaks for, until when. */
export interface Authentication {
  readonly actor: Actor;
  /** Until when the token counts: its `exp` and the issuer's clock tolerance, in seconds since 1970. */
  readonly expiresAt: number;
  readonly issuer: string;
  readonly claims: Claims;
}

/** One verdict on a token, for every door. */
export interface TokenVerifier {
  /**
   * @throws ChatError `token_invalid`, `token_expired`, or `issuer_unavailable` when the keys cannot be had now.
   */
  verifyToken(token: string): Promise<VerifiedToken>;
  /**
   * @throws ChatError as {@link verifyToken}; `actor_unknown` when the claims name nobody; `directory_unavailable` when
   * the directory, or the issuer's `actor`, cannot say in time who it is.
   */
  authenticate(token: string): Promise<Authentication>;
  /**
   * Whether the directory still has the person under the login that the token names: for a socket that lives on. True of
   * an issuer that finds its people otherwise: a function of the host's is not called every few seconds.
   * @throws ChatError `directory_unavailable`.
   */
  stillNames(authentication: Authentication): boolean | Promise<boolean>;
  /** Stops timers and fetches of keys. Idempotent. */
  close(): void;
}

export interface TokenVerifierOptions {
  readonly issuers: readonly Issuer[];
  readonly lookup: ActorLookup;
  /** Verifications remembered. Default 10,000; 0 for none. */
  readonly cacheSize?: number;
  readonly logger?: Logger;
  /** How long an issuer's `actor` may take to say whose token it is, in milliseconds. Default 5,000. */
  readonly actorTimeoutMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * No I/O before the first token.
 * @throws ChatSetupError where a token could belong to two of the issuers.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const {
    issuers,
    lookup,
    cacheSize = 10_000,
    logger = consoleLogger,
    actorTimeoutMs = 5_000,
    now = Date.now,
  } = options;
  const { issuerOf } = createIssuerMap(issuers);
  const opened = new Map(issuers.map((issuer) => [issuer, open(issuer, logger, now)]));
  const byName = new Map(issuers.map((issuer) => [issuer.name, issuer]));
  const verified = createVerifiedTokens(cacheSize);

  async function verifyToken(token: string): Promise<Verification> {
    if (typeof token === 'string' && token.length <= maxTokenLength) {
      const earlier = verified.get(token);
      if (earlier !== undefined && stillHolds(earlier)) return earlier;
    }
    try {
      const verification = await verify(token);
      verified.set(token, verification);
      return verification;
    } catch (error) {
      // "Why is my token refused?" is asked at every set-up. The reasons repeat nothing of the token.
      if (error instanceof ChatError && error.cause instanceof Error) {
        logger.debug({ code: error.code, reason: error.cause.message }, 'A token was not accepted');
      }
      throw error;
    }
  }

  async function verify(token: string): Promise<Verification> {
    const unverified = parseCompactJws(token);
    const issuer = issuerOf(unverified);
    const { keys, checkSignature } = openOf(issuer);
    const key = await keys.keyFor(unverified.header);
    const claims = await checkSignature(token, key);
    const reason = issuer.check(claims, unverified.header);
    if (reason !== undefined) throw refused(reason);
    // They are handed out for as long as the token is remembered.
    return { issuer, header: unverified.header, claims: frozen(claims), key };
  }

  /** Whether verifying it again would find the same: the time and the keys alone can have changed. */
  function stillHolds({ issuer, header, claims, key }: Verification): boolean {
    const seconds = now() / 1_000;
    if (seconds >= endOf(issuer, claims)) return false;
    if (claims.nbf !== undefined && claims.nbf > seconds + issuer.clockToleranceSeconds) return false;
    return openOf(issuer).keys.isCurrent(key, header);
  }

  function openOf(issuer: Issuer): OpenIssuer {
    const one = opened.get(issuer);
    if (one === undefined) throw new TypeError('The issuer is not of this verifier'); // the map knows no others
    return one;
  }

  /** A function of the host's: what it throws is a fault and passes, and it may never answer. */
  function findActor(issuer: Issuer, claims: Claims): unknown {
    const found = issuer.actor(claims, lookup);
    if (isPersonRef(found)) return found;
    return resultWithinMs(actorTimeoutMs, Promise.resolve(found), () =>
      chatError('directory_unavailable', {
        cause: new Error(`The actor function of issuer "${issuer.name}" did not answer within ${actorTimeoutMs} ms`),
      }),
    );
  }

  return {
    verifyToken: async (token) => {
      const { issuer, claims } = await verifyToken(token);
      return { issuer: issuer.name, claims };
    },
    authenticate: async (token) => {
      const { issuer, claims } = await verifyToken(token);
      const actor: unknown = await findActor(issuer, claims);
      if (!isPersonRef(actor)) throw chatError('actor_unknown');
      const expiresAt = endOf(issuer, claims);
      return { actor: { type: actor.type, id: actor.id }, expiresAt, issuer: issuer.name, claims };
    },
    stillNames: ({ actor, issuer: name, claims }) => {
      const issuer = byName.get(name);
      if (issuer?.actor.findsByLogin === undefined) return true;
      return isStill(actor, findActor(issuer, claims));
    },
    close: () => {
      for (const { keys } of opened.values()) keys.close?.();
    },
  };
}

async function isStill(actor: Actor, found: unknown): Promise<boolean> {
  const current = await found;
  return isPersonRef(current) && current.type === actor.type && current.id === actor.id;
}

function endOf({ clockToleranceSeconds }: Issuer, { exp }: Claims): number {
  return exp + clockToleranceSeconds;
}

/** An issuer in use. */
interface OpenIssuer {
  readonly keys: KeySource;
  readonly checkSignature: SignatureCheck;
}

function open(issuer: Issuer, logger: Logger, now: () => number): OpenIssuer {
  return { keys: issuer.openKeys({ logger }), checkSignature: createSignatureCheck(issuer, now) };
}
