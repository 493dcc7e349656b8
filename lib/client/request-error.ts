import type { ChatErrorCode, WireError } from '../wire.js';

/**
 * A code of the service, or one of the client's own: `unreachable`, no answer came; `no_token`, `getToken` gave none;
 * `cancelled`, the message was discarded; `invalid_answer`, it was not the service that answered. A newer service may
 * have further codes.
 */
export type RequestErrorCode =
  ChatErrorCode | 'unreachable' | 'no_token' | 'cancelled' | 'invalid_answer' | (string & Record<never, never>);

/** A request or socket event that did not succeed: refused by the service, or never answered. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  /** Milliseconds until a retry makes sense, where the service said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: RequestErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same request may well succeed later: the error says nothing about the request itself. */
  get isTransient(): boolean {
    return outages.has(this.code) || this.code === 'internal_error' || this.retryAfterMs !== undefined;
  }

  /** Transient, and the request had no part in it: however often it is tried, it is not to blame. */
  get isOutage(): boolean {
    return outages.has(this.code);
  }
}

/** No answer came, so nobody knows whether the request was carried out. */
export function unreachable(): RequestError {
  return new RequestError('unreachable', 'The service cannot be reached');
}

/** The error that the service named. */
export function refusal(error: WireError): RequestError {
  const seconds = error.details?.['retryAfterSeconds'];
  return new RequestError(error.code, error.message, typeof seconds === 'number' ? seconds * 1_000 : undefined);
}

/** Every caller sees one kind of error, whatever was thrown below. */
export function asRequestError(error: unknown): RequestError {
  return error instanceof RequestError ? error : unreachable();
}

const outages = new Set<RequestErrorCode>([
  'unreachable',
  'no_token',
  'rate_limited',
  'too_many_connections',
  'database_unavailable',
  'directory_unavailable',
  'image_store_unavailable',
  'issuer_unavailable',
  'shutting_down',
  'not_started',
]);
