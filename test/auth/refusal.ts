import { ChatError } from '../../lib/errors.js';

/** The ChatError that something rejects with; fails the test when it does not. */
export async function refusal(outcome: Promise<unknown>): Promise<ChatError> {
  let answer: unknown;
  try {
    answer = await outcome;
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  throw new Error(`It was not refused: ${JSON.stringify(answer)}`);
}

/** The message of the Error that something rejects with. */
export async function failureOf(outcome: Promise<unknown>): Promise<string> {
  const error = await outcome.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : 'it did not fail';
}
