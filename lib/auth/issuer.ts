import type { KeyObject } from 'node:crypto';
import type { PersonRef, PersonType } from './actor.js';
import type { Directory } from '../directory/directory.js';
import type { Logger } from '../logger.js';

/** The closed list of signature algorithms; `none` is not among them and cannot be configured. */
// prettier-ignore
export const algorithms = [
  'HS256', 'HS384', 'HS512',
  'RS256', 'RS384', 'RS512',
  'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512',
] as const;

export type Algorithm = (typeof algorithms)[number];

/** Those of public keys, which alone can be published. */
export type AsymmetricAlgorithm = Exclude<Algorithm, `HS${string}`>;

/** The claims of a verified token. Only what an issuer's `check` has looked at may be relied upon. */
export interface Claims {
  readonly exp: number;
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly iat?: number;
  readonly nbf?: number;
  readonly [claim: string]: unknown;
}

export interface TokenHeader {
  readonly alg: Algorithm;
  readonly kid?: string;
  /** The media type of the token in lower case, without `application/`: `jwt`, `at+jwt`. */
  readonly typ?: string;
}

/** Where the keys of one issuer come from. */
export interface KeySource {
  /**
   * The key for a token's header. Rejects with `token_invalid` where there is none, with `issuer_unavailable` where it
   * cannot be told now. A key handed out is cached: the same object each time until the issuer withdraws it.
   */
  keyFor(header: TokenHeader): Promise<KeyObject>;
  /** Whether this is still what {@link keyFor} would hand out, without any I/O: asked by the verified-token cache. */
  isCurrent(key: KeyObject, header: TokenHeader): boolean;
  /** Stops what it started: timers, a fetch in flight. */
  close?(): void;
}

/** What an issuer may use to say whose token it is. */
export interface ActorLookup {
  /** The directory's `findByLogin`, briefly cached. */
  readonly findByLogin: NonNullable<Directory['findByLogin']>;
}

/** Claims to person: null means that the token is good but names nobody here (401 `actor_unknown`). */
export interface ActorFromClaims {
  (claims: Claims, lookup: ActorLookup): PersonRef | null | Promise<PersonRef | null>;
  /** The type of people that it asks the directory for: a directory that cannot find them by login is refused at once. */
  readonly findsByLogin?: PersonType;
}

/** What an issuer needs of the module to open its keys. */
export interface IssuerContext {
  readonly logger: Logger;
}

/**
 * One party whose tokens are trusted, and how far. Made by `cognito`, `django` and `oidc`; never by hand.
 *
 * A token's issuer is chosen before anything is verified, from the closed map of the configured ones: by its exact
 * `iss`, or, for a token without `iss`, by being the one issuer that expects none and pins the token's algorithm.
 */
export interface Issuer {
  /** For logs and faults: `cognito`, `django`, or as configured. Unique in a module. */
  readonly name: string;
  /** The exact `iss` of its tokens; undefined for an issuer whose tokens carry none. */
  readonly iss: string | undefined;
  readonly algorithms: readonly Algorithm[];
  /** Accepted clock difference in seconds. */
  readonly clockToleranceSeconds: number;
  /** What the `aud` claim must contain one of; undefined where `check` looks at another claim instead. */
  readonly audience: readonly string[] | undefined;
  /** Opens the keys: no I/O before the first token. */
  openKeys(context: IssuerContext): KeySource;
  /** The token kind and whatever else is the issuer's own: a reason why not, or undefined. */
  check(claims: Claims, header: TokenHeader): string | undefined;
  readonly actor: ActorFromClaims;
}
