/**
 * Runs work that stops when its signal fires: after `timeoutMs`, or when `closing` fires.
 * @throws whatever the work rejects with; the signal's reason says that it took too long.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any with AbortSignal.timeout: in some releases of Node 20 that timeout can be collected unfired.
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`It took more than ${timeoutMs} ms`)), timeoutMs).unref();
  const close = (): void => stop.abort(closing.reason);
  closing.addEventListener('abort', close, { once: true });
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', close);
  }
}
