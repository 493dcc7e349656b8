/** `persisted` is a page's that was kept as it was while another one was shown. */
type Listener = (event: { readonly persisted?: boolean }) => void;

/** What is used of a browser's `window` and `document`: neither is there in Node or React Native. */
interface PageGlobals {
  readonly addEventListener?: (type: string, listener: Listener) => void;
  readonly removeEventListener?: (type: string, listener: Listener) => void;
  readonly document?: { readonly visibilityState: string } & Required<
    Pick<PageGlobals, 'addEventListener' | 'removeEventListener'>
  >;
}

/**
 * Calls when a browser says that the network is back or the page in view again: the moments at which a connection that
 * was thought good may be dead, and one that was given up may work. Elsewhere it never calls. Returns what ends it.
 */
export function watchNetwork(onWake: () => void): () => void {
  const page = globalThis as PageGlobals;
  const onVisible = (): void => {
    if (page.document?.visibilityState === 'visible') onWake();
  };
  // At each load too, when there is nothing to wake yet.
  const onShow: Listener = ({ persisted }) => {
    if (persisted === true) onWake();
  };
  page.addEventListener?.('online', onWake);
  page.addEventListener?.('pageshow', onShow);
  page.document?.addEventListener('visibilitychange', onVisible);
  return () => {
    page.removeEventListener?.('online', onWake);
    page.removeEventListener?.('pageshow', onShow);
    page.document?.removeEventListener('visibilitychange', onVisible);
  };
}
