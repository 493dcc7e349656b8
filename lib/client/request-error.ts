import type { WireError } from '../wire.js';

/** A request or socket event that did not succeed: refused by the service, or never answered. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** A code of the service (`chat_closed`, `rate_limited`, ...), or `unreachable` when no answer came. */
  readonly code: string;
  /** Milliseconds until a retry makes sense, where the service said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same request may well succeed later: it says nothing about the request itself. */
  get isTransient(): boolean {
    return transientCodes.has(this.code) || this.retryAfterMs !== undefined;
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

const transientCodes = new Set([
  'unreachable',
  'internal_error',
  'rate_limited',
  'database_unavailable',
  'directory_unavailable',
  'image_store_unavailable',
  'issuer_unavailable',
  'shutting_down',
  'not_started',
]);
