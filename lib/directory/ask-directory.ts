import { ChatError, chatError } from '../errors.js';
import { resultWithinMs } from '../within.js';

/**
 * Puts a question to the host's directory, which may throw, reject, or never answer.
 * @throws ChatError what the directory throws as such, else `directory_unavailable` with the failure as its cause.
 */
export async function askDirectory<T>(timeoutMs: number, question: () => Promise<T>): Promise<T> {
  try {
    return await resultWithinMs(
      timeoutMs,
      question(),
      () => new Error(`The directory did not answer within ${timeoutMs} ms`),
    );
  } catch (error) {
    throw error instanceof ChatError ? error : chatError('directory_unavailable', { cause: error });
  }
}
