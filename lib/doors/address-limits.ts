import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { LimitConfig } from '../config/config.js';
import { chatError } from '../errors.js';
import { createTokenBuckets } from '../plugins/rate-limit/token-buckets.js';
import { createClientAddress } from './client-address.js';

/** What one address may ask of this process, whoever is behind it, before any token is looked at. */
export interface AddressLimits {
  /** Counts a REST request, or a token sent over a socket. @throws ChatError `rate_limited`. */
  count(request: IncomingMessage): void;
  /** Whether the address may open one more connection of sockets. */
  mayConnect(request: IncomingMessage): boolean;
  /** Counts a connection until it ends. */
  watch(connection: Connection): void;
}

/** A connection of Engine.IO. */
interface Connection extends Pick<EventEmitter, 'once'> {
  readonly request: IncomingMessage;
}

/** Addresses remembered, those who called last: some 20 MB. */
const maxBuckets = 100_000;

export function createAddressLimits(config: LimitConfig): AddressLimits {
  const { socketsPerAddress, callsPerMinutePerAddress: perMinute, trustProxy } = config;
  const addressOf = createClientAddress(trustProxy);
  const open = new Map<string, number>();
  const now = (): number => performance.now();
  const buckets =
    perMinute === undefined ? undefined : createTokenBuckets({ perMinute, burst: perMinute, maxBuckets, now });

  return {
    count(request) {
      const waitSeconds = buckets?.take(addressOf(request), 1) ?? 0;
      if (waitSeconds > 0) throw chatError('rate_limited', { retryAfterSeconds: Math.ceil(waitSeconds) });
    },
    mayConnect: (request) => socketsPerAddress === undefined || (open.get(addressOf(request)) ?? 0) < socketsPerAddress,
    watch(connection) {
      if (socketsPerAddress === undefined) return;
      const address = addressOf(connection.request);
      open.set(address, (open.get(address) ?? 0) + 1);
      connection.once('close', () => {
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      });
    },
  };
}
