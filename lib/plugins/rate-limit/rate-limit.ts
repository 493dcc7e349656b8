import { performance } from 'node:perf_hooks';
import { chatError, ChatSetupError, definePlugin, type Plugin } from '../../index.js';
import { createTokenBuckets } from './token-buckets.js';

export interface RateLimitOptions {
  /** Calls that a person may make in a minute, over REST and all of their sockets together. Default 300; 1 to 60,000. */
  perMinute?: number;
  /** Calls that a person may make at once, before the rate counts. Default 60; 1 to 60,000. */
  burst?: number;
  /**
   * What a call of an operation counts as, 0 for none, by route (`POST /api/chats/:chatId/messages`) or event
   * (`message:send`). Default 1, but 0.2 for `typing:start` and `typing:stop`, which nobody means to send, and 0 for
   * `auth:refresh`, without which a socket would end.
   */
  costs?: Readonly<Record<string, number>>;
  /** People remembered, those who called last. Default 100,000 (some 20 MB); 1 to 10,000,000. */
  maxPeople?: number;
}

const defaultCosts = { 'typing:start': 0.2, 'typing:stop': 0.2, 'auth:refresh': 0 };

/**
 * Limits how much one person may ask for, by a token bucket for each: `burst` calls at once, which fill up again at
 * `perMinute`. A call beyond that is refused with `rate_limited`: 429 with `Retry-After`, or in the ack, with
 * `retryAfterSeconds` in the details. Refused calls count for nothing.
 *
 * Each process counts what comes to it: behind a balancer over n processes a person may get up to n times as much.
 *
 * @throws ChatSetupError with every fault in the options.
 */
export function rateLimit(options: RateLimitOptions = {}): Plugin {
  const { perMinute = 300, burst = 60, costs = {}, maxPeople = 100_000, ...unknown } = options;
  requireUsable({ perMinute, burst, costs, maxPeople }, Object.keys(unknown));
  const costOf = new Map<string, number>(Object.entries({ ...defaultCosts, ...costs }));
  const buckets = createTokenBuckets({ perMinute, burst, maxBuckets: maxPeople, now: () => performance.now() });

  return definePlugin({
    name: 'rate-limit',
    version: '1.0.0',
    hooks: {
      canCall: ({ operation }, { actor }) => {
        const cost = costOf.get(operation) ?? 1;
        const waitSeconds = cost === 0 ? 0 : buckets.take(`${actor.type}:${actor.id}`, cost);
        if (waitSeconds > 0) throw chatError('rate_limited', { retryAfterSeconds: Math.ceil(waitSeconds) });
      },
    },
  });
}

function requireUsable({ perMinute, burst, costs, maxPeople }: Required<RateLimitOptions>, unknown: string[]): void {
  const faults = unknown.map((option) => `rateLimit.${option}: no such option`);
  const require = (option: string, value: unknown, min: number, max: number): void => {
    if (typeof value === 'number' && value >= min && value <= max) return;
    faults.push(`rateLimit.${option}: must be a number from ${min} to ${max.toLocaleString('en')}`);
  };
  require('perMinute', perMinute, 1, 60_000);
  require('burst', burst, 1, 60_000);
  require('maxPeople', maxPeople, 1, 10_000_000);
  // A call that costs more than the bucket holds could never be made.
  for (const [operation, cost] of Object.entries(costs)) require(`costs["${operation}"]`, cost, 0, burst);
  if (faults.length > 0) throw new ChatSetupError('rateLimit() was given options that it cannot use', faults);
}
