import { followSignal } from '../follow-signal.js';

/**
 * Runs the work of all items together. When one fails, the others are told to stop by their signal, and only when all
 * have stopped does it reject, with the first failure: whatever is cleaned up after that stays clean.
 */
export async function allOrNone<T, R>(
  items: readonly T[],
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): Promise<R[]> {
  const stop = new AbortController();
  const unfollow = followSignal(stop, outer);
  let failure: { error: unknown } | undefined;
  const results = items.map(async (item, index) => {
    try {
      return await work(item, index, stop.signal);
    } catch (error) {
      failure ??= { error };
      stop.abort();
      throw error;
    }
  });
  await Promise.allSettled(results);
  unfollow();
  if (failure !== undefined) throw failure.error;
  return Promise.all(results);
}
