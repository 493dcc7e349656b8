import { ChatError, chatError } from '../errors.js';
import type { Logger } from '../logger.js';

/**
 * The one place where an error becomes what a client sees. A `ChatError` passes; anything else is `internal_error`
 * outside, and a full line with its cause inside.
 */
export function toAnswer(
  error: unknown,
  logger: Logger,
  where: { door: 'http' | 'socket' | 'host'; operation: string },
): ChatError {
  if (error instanceof ChatError) {
    if (error.status >= 500)
      logger.warn({ ...where, code: error.code, err: error.cause }, 'a request could not be served');
    return error;
  }
  logger.error({ ...where, err: error }, 'a request failed');
  return chatError('internal_error', { cause: error });
}
