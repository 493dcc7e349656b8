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
  const unsayable = error instanceof ChatError ? whyUnsayable(error) : undefined;
  if (error instanceof ChatError && unsayable === undefined) {
    if (error.status >= 500)
      logger.warn({ ...where, code: error.code, err: error.cause }, 'a request could not be served');
    return error;
  }
  const cause = unsayable ?? error;
  logger.error({ ...where, err: cause }, 'a request failed');
  return chatError('internal_error', { cause });
}

/**
 * Why an error's details are no JSON (a BigInt, a circle), where they are not: a hook of the host's has given them, and
 * past this place an encoder would throw where nobody catches.
 */
function whyUnsayable({ code, details }: ChatError): Error | undefined {
  if (details === undefined) return undefined;
  try {
    JSON.stringify(details);
    return undefined;
  } catch (cause) {
    return new TypeError(`The details of a ${code} are not JSON`, { cause });
  }
}
