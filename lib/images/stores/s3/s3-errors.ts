import { ChatError, ChatSetupError, chatError } from '../../../errors.js';

/** Runs a call of the SDK and turns what it fails with into `image_store_unavailable`, or into the caller's abort. */
export async function withS3Errors<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    // A malformed key and a missing package are faults of the program, not of the store.
    if (error instanceof ChatError || error instanceof ChatSetupError || error instanceof TypeError) throw error;
    throw chatError('image_store_unavailable', { cause: summary(error) });
  }
}

interface ServiceError {
  name?: unknown;
  code?: unknown;
  $metadata?: { httpStatusCode?: unknown; requestId?: unknown };
}

/** Whether the error says that there is no such object (and not that there is no such bucket). */
export function isMissing(error: unknown): boolean {
  const { name } = error as ServiceError;
  return name === 'NoSuchKey' || name === 'NotFound';
}

/** What helps an operator: the SDK's own errors hang on to the request, its signature and its key. */
function summary(error: unknown): Error {
  const { name, code, $metadata } = error as ServiceError;
  const what = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
  return Object.assign(new Error(`S3 failed: ${what}`), {
    code: what,
    httpStatus: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId,
  });
}
