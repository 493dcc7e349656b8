import type { Readable } from 'node:stream';
import { ChatError, chatError } from '../errors.js';
import { followSignal } from '../follow-signal.js';
import { resultWithinMs } from '../within.js';
import type { ImageStore } from './image-store.js';
import { readBody, readStoredObject, readUploadTarget, readUrl } from './store-answers.js';

/** A message's links are signed inside its transaction, which holds up its chat. */
const maxSigningMs = 3_000;

/** Less than a part of the module may take to end: so that it is the store that is named. */
const maxClosingMs = 4_000;

/**
 * A store as its room sees it. A store may be the host's code: it may throw, reject with anything, never answer, or answer
 * in a wrong shape. Each of these fails the one call with `image_store_unavailable` and the reason as its cause; a
 * ChatError that the store throws itself passes.
 *
 * @param timeoutMs how long one call may take, and how long the bytes of one object may, in milliseconds. What comes
 *   later goes unheard; a `put` or `get` is told by its signal.
 */
export function guardStore(store: ImageStore, timeoutMs: number): ImageStore {
  return {
    put: (key, body, object, outer) =>
      bounded('put', timeoutMs, (signal) => store.put(key, body, object, signal), ignored, outer),
    head: (key) => bounded('head', timeoutMs, () => store.head(key), readStoredObject),
    async get(key, outer) {
      const body = await bounded('get', timeoutMs, (signal) => getBody(store, key, signal, timeoutMs), readBody, outer);
      if (body !== null) endWith(outer, body);
      return body;
    },
    delete: (keys) => bounded('delete', timeoutMs, () => store.delete(keys), ignored),
    signUpload: (key, object) =>
      bounded('signUpload', timeoutMs, () => store.signUpload(key, object), readUploadTarget),

    signGetUrl(key, contentType) {
      let signed: unknown;
      try {
        signed = store.signGetUrl(key, contentType);
        // Mostly from the store's memory, for every image of a page: without a promise.
        if (typeof signed === 'string') return readUrl(signed);
      } catch (error) {
        return Promise.reject(toStoreError(error));
      }
      return bounded('signGetUrl', Math.min(timeoutMs, maxSigningMs), () => signed, readUrl);
    },

    ...(store.routes === undefined ? {} : { routes: store.routes }),
    start: async () => store.start?.(),
    removeAbandoned: () => bounded('removeAbandoned', timeoutMs, () => store.removeAbandoned?.(), ignored),
    close: () => bounded('close', maxClosingMs, () => store.close?.(), ignored),
  };
}

async function bounded<T>(
  method: keyof ImageStore,
  timeoutMs: number,
  call: (signal: AbortSignal) => unknown,
  read: (answer: unknown) => T,
  outer?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const unfollow = followSignal(late, outer);
  const giveUp = (): Error => {
    const reason = new Error(`The image store's ${method} did not end within ${timeoutMs} ms`);
    late.abort(reason);
    return reason;
  };
  try {
    return read(await resultWithinMs(timeoutMs, Promise.resolve(call(late.signal)), giveUp));
  } catch (error) {
    throw toStoreError(error);
  } finally {
    unfollow();
  }
}

const ignored = (): void => undefined;

function toStoreError(error: unknown): ChatError {
  return error instanceof ChatError ? error : chatError('image_store_unavailable', { cause: error });
}

/** A body that comes too late is let go, and so is one whose bytes do not end. */
async function getBody(
  store: ImageStore,
  key: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Readable | null> {
  const body = readBody(await store.get(key, signal));
  if (body === null) return null;
  // It may fail before anybody reads it, and an error that nobody listens to would end the process. Who reads it is told.
  body.on('error', () => undefined);
  if (signal.aborted) body.destroy();
  const timer = setTimeout(() => {
    body.destroy(new Error(`The image store's object did not end within ${timeoutMs} ms`));
  }, timeoutMs).unref();
  body.once('close', () => clearTimeout(timer));
  return body;
}

/** The bytes come after the answer, and are of no use either once nobody waits for them. */
function endWith(outer: AbortSignal | undefined, body: Readable): void {
  const end = (): void => void body.destroy();
  if (outer?.aborted === true) return end();
  outer?.addEventListener('abort', end, { once: true });
  body.once('close', () => outer?.removeEventListener('abort', end));
}
