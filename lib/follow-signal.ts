/**
 * Lets a controller abort when the outer signal does, until what this returns is called.
 *
 * Instead of `AbortSignal.any`: Node 20 keeps such a signal, with all that its listeners hold, for as long as one listens
 * and it has not fired, which is for ever where nothing is aborted and a library leaves its listener behind.
 */
export function followSignal(controller: AbortController, outer: AbortSignal | undefined): () => void {
  if (outer === undefined) return () => undefined;
  const abort = (): void => controller.abort(outer.reason);
  if (outer.aborted) abort();
  else outer.addEventListener('abort', abort, { once: true });
  return () => outer.removeEventListener('abort', abort);
}
