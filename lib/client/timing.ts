import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';

/** How long the client waits, in milliseconds. The defaults suit phones on real networks. */
export interface ClientTiming {
  /** For an answer of the service, or of `getToken`. Default 15,000. */
  answerMs: number;
  /**
   * For the upload of a message with pictures to get on, or to be answered; for all of it where the platform tells no
   * progress (Node). Default 60,000.
   */
  uploadMs: number;
  /** Before the first retry; each further one waits twice as long, less a random part. Default 500. */
  retryFirstMs: number;
  /** Before a retry at most. Default 15,000. */
  retryMostMs: number;
}

export const defaultTiming: ClientTiming = {
  answerMs: 15_000,
  uploadMs: 60_000,
  retryFirstMs: 500,
  retryMostMs: 15_000,
};

/** Longer with each attempt (0, 1, 2, ...), and not in step with the other clients that a fault has hit. */
export function retryDelay(attempt: number, { retryFirstMs, retryMostMs }: ClientTiming): number {
  return Math.min(retryMostMs, retryFirstMs * 2 ** attempt) * (0.5 + Math.random() / 2);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What comes of it, or undefined when that takes longer. */
export function within<Result>(ms: number, result: PromiseLike<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, undefined);
    void result.then(resolve, reject).then(() => clearTimeout(timer));
  });
}

/** As {@link pause}, but no longer than the connection lasts: after the next one nobody needs to wait. */
export function pauseOnline(store: Store<ClientSnapshot>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, ms);
    const unsubscribe = store.subscribe(() => {
      if (store.get().connection.status !== 'online') done();
    });
  });
}
