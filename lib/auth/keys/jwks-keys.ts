import type { KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import { chatError, type ChatError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { withDeadline } from '../../with-deadline.js';
import { refused } from '../compact-jws.js';
import type { KeySource, TokenHeader } from '../issuer.js';
import { createAllowance, type Allowance } from './allowance.js';
import type { JwksSettings } from './jwks-options.js';
import { fetchSigningKeys, findSigningKey, type SigningKey } from './signing-keys.js';

/** How soon the endpoint is asked again after a fetch that failed began, whatever tokens come, in seconds. */
const retrySeconds = 2;

/** When a client that was answered 503 should try again, in seconds. */
const retryAfterSeconds = 5;

/** How long a `kid` that the endpoint did not know is refused without asking again, in milliseconds. */
const unknownKidMs = 10_000;

/** At most so many unknown `kid`s are remembered: what an attacker can fill. */
const maxUnknownKids = 1_000;

export interface JwksKeysOptions extends JwksSettings {
  /** The issuer's name, for the log. */
  readonly issuer: string;
  readonly logger: Logger;
  /** Asks the endpoint for its JWKS. Rejects when there is none to be had. */
  readonly fetchJwks: (signal: AbortSignal) => Promise<unknown>;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * The keys of a JWKS endpoint: the whole set is fetched with the first token, and then in the background. A token of a
 * known key never waits for the network; only an unknown key, of which an attacker can make up many, can ask for a
 * fetch, and those are few: one at a time, `requestsPerMinute`, and none for a `kid` that was just asked for.
 */
export class JwksKeys implements KeySource {
  readonly #options: JwksKeysOptions;
  readonly #now: () => number;
  #allowance: Allowance;
  readonly #unknownKids: LRUCache<string, true>;
  #keys: readonly SigningKey[] = [];
  #answeredAt = -Infinity;
  /** Why the last fetch failed; undefined when it did not. */
  #failure: ChatError | undefined;
  #fetching: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  constructor(options: JwksKeysOptions) {
    const { now = () => performance.now() } = options;
    this.#options = options;
    this.#now = now;
    this.#allowance = this.#wholeAllowance();
    this.#unknownKids = new LRUCache({ max: maxUnknownKids, ttl: unknownKidMs, perf: { now }, ttlResolution: 0 });
  }

  async keyFor(header: TokenHeader): Promise<KeyObject> {
    return this.#find(header) ?? this.#fetchAndFind(header);
  }

  isCurrent(key: KeyObject, header: TokenHeader): boolean {
    return this.#find(header) === key;
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  #wholeAllowance(): Allowance {
    return createAllowance(this.#options.requestsPerMinute, this.#now);
  }

  #find(header: TokenHeader): KeyObject | undefined {
    const outage = this.#now() - this.#answeredAt;
    return outage > this.#options.outageSeconds * 1_000 ? undefined : findSigningKey(this.#keys, header);
  }

  async #fetchAndFind(header: TokenHeader): Promise<KeyObject> {
    const kid = header.kid ?? '';
    const asks = !this.#unknownKids.has(kid) && (this.#fetching !== undefined || this.#allowance.take());
    if (asks) await this.#fetch();
    const key = this.#find(header);
    if (key !== undefined) return key;
    if (this.#failure !== undefined) throw this.#failure;
    // A kid that there was no fetch left for may exist: it asks again with the next token.
    if (asks) this.#unknownKids.set(kid, true);
    throw refused('its key is not known');
  }

  /** One fetch at a time, which all who wait share. Resolves when it failed, too. */
  #fetch(): Promise<void> {
    return (this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    }));
  }

  async #fetchOnce(): Promise<void> {
    const { fetchJwks, timeoutMs, issuer, logger, refreshSeconds } = this.#options;
    const closing = this.#closing.signal;
    const wasAway = this.#failure !== undefined;
    const began = this.#now();
    clearTimeout(this.#timer);
    try {
      closing.throwIfAborted();
      this.#keys = await withDeadline(timeoutMs, closing, (signal) =>
        fetchSigningKeys(() => fetchJwks(signal), this.#keys),
      );
      this.#answeredAt = this.#now();
      this.#failure = undefined;
    } catch (cause) {
      this.#failure = closing.aborted
        ? chatError('shutting_down')
        : chatError('issuer_unavailable', { cause, retryAfterSeconds });
    }
    if (closing.aborted) return;
    // A fetch that hung has waited long enough.
    const tookSeconds = (this.#now() - began) / 1_000;
    const retryIn = Math.max(0, Math.min(refreshSeconds, retrySeconds) - tookSeconds);
    this.#fetchIn(this.#failure === undefined ? refreshSeconds : retryIn);
    if (wasAway && this.#failure === undefined) {
      // What was asked in vain is not to keep anybody from asking for a new key now.
      this.#allowance = this.#wholeAllowance();
      logger.info({ issuer }, 'The signing keys can be fetched again');
    }
    if (!wasAway && this.#failure !== undefined) {
      logger.warn({ issuer, reason: reasonOf(this.#failure.cause) }, 'The signing keys cannot be fetched');
    }
  }

  #fetchIn(seconds: number): void {
    // Only the host's logger can make it reject, and that must not end the process.
    this.#timer = setTimeout(() => void this.#fetch().catch(() => undefined), seconds * 1_000).unref();
  }
}

/** `fetch` hides why behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
