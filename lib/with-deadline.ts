import { followSignal } from './follow-signal.js';

/**
 * Runs work that stops when its signal fires: after `timeoutMs`, or when `outer` fires.
 * @throws whatever the work rejects with; the signal's reason says that it took too long.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any with AbortSignal.timeout: in some releases of Node 20 that timeout can be collected unfired.
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`It took more than ${timeoutMs} ms`)), timeoutMs).unref();
  const unfollow = followSignal(stop, outer);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    unfollow();
  }
}
