import { ChatError, chatError } from '../../../errors.js';

/** Runs work on the disk and turns its failures into `image_store_unavailable`. */
export async function withStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw chatError('image_store_unavailable', { cause: withoutPath(error) });
  }
}

/** A file system's message ends with the path, which has no business in a log. */
function withoutPath(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(`the image folder failed: ${syscall} ${code}`), { code, syscall });
}
