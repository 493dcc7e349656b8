/**
 * Every error that a caller can be shown: its code, HTTP status and plain message. The list is closed: a door
 * renders nothing else, and whatever is not in it becomes `internal_error` outside and a full log line inside.
 */
export const errorCatalogue = {
  invalid_request: { status: 400, message: 'The request is not valid' },
  invalid_json: { status: 400, message: 'The request body is not valid JSON' },
  invalid_multipart: { status: 400, message: 'The multipart body is not valid' },
  message_empty: { status: 400, message: 'Message must have content or images' },
  message_too_long: { status: 400, message: 'The message is too long' },
  too_many_images: { status: 400, message: 'The message has too many images' },
  image_key_invalid: { status: 400, message: 'An image key is not one that this message can use' },
  chat_already_exists: { status: 400, message: 'Chat already exists with this dentist' },

  token_missing: { status: 401, message: 'A token is required' },
  token_invalid: { status: 401, message: 'The token is not valid' },
  token_expired: { status: 401, message: 'The token has expired' },
  token_in_query: { status: 401, message: 'A token must not be sent in the query string' },
  actor_unknown: { status: 401, message: 'The token names nobody who uses this service' },
  actor_mismatch: { status: 401, message: 'The new token is for another user' },

  customers_only: { status: 403, message: 'Only customers can start chats' },
  not_participant: { status: 403, message: 'User is not a participant in this chat' },
  own_message: { status: 403, message: 'Cannot mark own messages as read' },
  signature_invalid: { status: 403, message: 'The link is not valid or has expired' },
  origin_refused: { status: 403, message: 'The origin is not allowed' },
  refused: { status: 403, message: 'The request was refused' },

  chat_not_found: { status: 404, message: 'Chat not found' },
  message_not_found: { status: 404, message: 'Message not found' },
  image_not_found: { status: 404, message: 'Image not found' },

  no_assigned_dentist: { status: 409, message: 'The customer has no assigned dentist' },
  chat_closed: { status: 409, message: 'The chat is closed' },
  idempotency_conflict: { status: 409, message: 'The same clientMessageId was used for another message' },

  body_too_large: { status: 413, message: 'The request body is too large' },
  image_too_large: { status: 413, message: 'An image is too large' },

  unsupported_content_type: { status: 415, message: 'The content type is not supported' },
  unsupported_image_type: { status: 415, message: 'The image type is not supported' },

  rate_limited: { status: 429, message: 'Too many requests' },
  too_many_connections: { status: 429, message: 'Too many connections' },

  internal_error: { status: 500, message: 'Internal error' },

  database_unavailable: { status: 503, message: 'The database cannot be reached' },
  directory_unavailable: { status: 503, message: 'The directory cannot be reached' },
  image_store_unavailable: { status: 503, message: 'The image store cannot be reached' },
  issuer_unavailable: { status: 503, message: 'The signing keys of the token issuer cannot be reached' },
  shutting_down: { status: 503, message: 'The service is shutting down' },
  not_started: { status: 503, message: 'The service has not started' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ChatErrorCode = keyof typeof errorCatalogue;

/** What a caller may be told beside code and message; never a message's text, a token, a file name or a signed URL. */
export type ChatErrorDetails = Readonly<Record<string, unknown>>;

/** What a client sees of an error, the same on both doors. */
export interface PublicError {
  code: ChatErrorCode;
  message: string;
  details?: ChatErrorDetails;
}

export interface ChatErrorOptions {
  details?: ChatErrorDetails;
  /**
   * Seconds until a retry makes sense; becomes the `Retry-After` header and `details.retryAfterSeconds`. Default 1 for
   * `rate_limited`, else none.
   */
  retryAfterSeconds?: number;
  /** Why, for the log alone. */
  cause?: unknown;
}

/** An error that may be shown. Built by {@link chatError} alone, so that its code and status always agree. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ChatErrorCode;
  /** The HTTP status of the catalogue. */
  readonly status: number;
  readonly details: ChatErrorDetails | undefined;
  readonly retryAfterSeconds: number | undefined;

  /** @internal */
  constructor(code: ChatErrorCode, options: ChatErrorOptions = {}) {
    super(errorCatalogue[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = errorCatalogue[code].status;
    // Whoever is told to slow down is told until when.
    const retryAfterSeconds = options.retryAfterSeconds ?? (code === 'rate_limited' ? 1 : undefined);
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = retryAfterSeconds === undefined ? options.details : { ...options.details, retryAfterSeconds };
  }

  toPublic(): PublicError {
    return {
      code: this.code,
      message: this.message,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Builds an error of the catalogue: `throw chatError('chat_not_found')`. */
export function chatError(code: ChatErrorCode, options?: ChatErrorOptions): ChatError {
  return new ChatError(code, options);
}

/** What is wrong in a configuration, a start or a schema: said to the operator, never to a client. */
export class ChatSetupError extends Error {
  override readonly name = 'ChatSetupError';
  /** One line for each fault, each naming the option's path and the mend. */
  readonly faults: readonly string[];

  constructor(summary: string, faults: readonly string[] = [], cause?: unknown) {
    super(
      faults.length === 0 ? summary : `${summary}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
      cause === undefined ? undefined : { cause },
    );
    this.faults = faults;
  }
}
