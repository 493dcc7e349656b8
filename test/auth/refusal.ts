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
