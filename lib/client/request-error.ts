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
  /** What the service told beside the code: see the codes in the README. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: RequestErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    const { retryAfterSeconds: seconds } = details;
    this.code = code;
    this.details = details;
    this.retryAfterMs = typeof seconds === 'number' ? seconds * 1_000 : undefined;
  }

  /** True when the same request may well succeed later: the error says nothing about the request itself. */
  get isTransient(): boolean {
    return this.isOutage || unexplained.has(this.code) || this.retryAfterMs !== undefined;
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
  return new RequestError(error.code, error.message, error.details);
}

/** Every caller sees one kind of error, whatever was thrown below. */
export function asRequestError(error: unknown): RequestError {
  return error instanceof RequestError ? error : unreachable();
}

/** They may come of the request itself, or of the moment: nobody knows. */
const unexplained = new Set<RequestErrorCode>(['internal_error', 'invalid_answer']);

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
