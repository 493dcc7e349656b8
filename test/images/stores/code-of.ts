import { ChatError } from '../../../lib/errors.js';

/** The code that a promise is refused with; whatever else it comes to is the answer itself. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => (error instanceof ChatError ? error.code : error));
}
