import { ChatError, chatError } from '../errors.js';

/**
 * Puts a question to the host's directory, which may throw, reject, or never answer.
 * @throws ChatError what the directory throws as such, else `directory_unavailable` with the failure as its cause.
 */
export async function askDirectory<T>(timeoutMs: number, question: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const late = (): void => reject(new Error(`The directory did not answer within ${timeoutMs} ms`));
    timer = setTimeout(late, timeoutMs).unref();
  });
  try {
    return await Promise.race([question(), tooLate]);
  } catch (error) {
    throw error instanceof ChatError ? error : chatError('directory_unavailable', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
