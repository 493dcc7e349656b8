import type { WireError } from '../wire.js';
import { postForm } from './post-form.js';
import { RequestError, refusal, unreachable } from './request-error.js';
import type { ClientTiming } from './timing.js';
import type { TokenSource } from './token-source.js';

/** The REST side of the service. Every method rejects with {@link RequestError}. */
export interface Rest {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string): Promise<Answer>;
  postForm<Answer>(path: string, form: FormData, options: FormOptions): Promise<Answer>;
}

export interface FormOptions {
  /** Fires when the request is not wanted any more. */
  readonly signal: AbortSignal;
  /** From 0 to 1, as the form goes out, where the platform tells. */
  readonly onProgress: (sent: number) => void;
}

export interface RestOptions {
  /** Where the service is; empty for the page's own origin. */
  readonly url: string;
  readonly tokens: TokenSource;
  readonly timing: ClientTiming;
  /** Fires when all requests should stop: whatever is under way ends as unreachable. */
  readonly signal: () => AbortSignal;
}

/** What came back, whoever sent it. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Calls `isAlive` whenever the request has got on. */
type Send = (headers: { Authorization: string }, signal: AbortSignal, isAlive: () => void) => Promise<RawAnswer>;

export function createRest({ url, tokens, timing, signal }: RestOptions): Rest {
  async function request<Answer>(timeoutMs: number, send: Send, also?: AbortSignal): Promise<Answer> {
    const token = await tokens.current();
    const first = await attempt(token, timeoutMs, send, also);
    // A token can end, or its key be withdrawn, between two requests: one new token, one more try.
    if (!isTokenRefused(first)) return readAnswer<Answer>(first);
    return readAnswer<Answer>(await attempt(await tokens.replace(token), timeoutMs, send, also));
  }

  /** @param timeoutMs How long the request may take, or may take to get on, where that is known. */
  async function attempt(token: string, timeoutMs: number, send: Send, also?: AbortSignal): Promise<RawAnswer> {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    let timer = setTimeout(abort, timeoutMs);
    const isAlive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(abort, timeoutMs);
    };
    const others = also === undefined ? [signal()] : [signal(), also];
    // By hand: AbortSignal.any is missing in browsers that people still have, and in React Native.
    for (const other of others) {
      if (other.aborted) abort();
      other.addEventListener('abort', abort);
    }
    try {
      return await send({ Authorization: `Bearer ${token}` }, controller.signal, isAlive);
    } catch {
      throw also?.aborted === true ? new RequestError('cancelled', 'The request was cancelled') : unreachable();
    } finally {
      clearTimeout(timer);
      for (const other of others) other.removeEventListener('abort', abort);
    }
  }

  const json =
    (method: 'GET' | 'POST', path: string): Send =>
    async (headers, aborted) => {
      const response = await fetch(url + path, { method, headers, signal: aborted });
      return { status: response.status, text: await response.text() };
    };

  return {
    get: (path) => request(timing.answerMs, json('GET', path)),
    post: (path) => request(timing.answerMs, json('POST', path)),
    postForm: (path, form, options) =>
      request(
        timing.uploadMs,
        (headers, aborted, isAlive) => {
          const onProgress = (sent: number): void => {
            isAlive();
            options.onProgress(sent);
          };
          return postForm(url + path, { form, headers, signal: aborted, onProgress });
        },
        options.signal,
      ),
  };
}

function isTokenRefused({ status, text }: RawAnswer): boolean {
  return status === 401 && readError(text)?.code !== 'actor_unknown';
}

function readAnswer<Answer>({ status, text }: RawAnswer): Answer {
  if (status >= 200 && status < 300) {
    const body = parse(text);
    if (body !== undefined) return body as Answer;
  }
  const error = readError(text);
  if (error !== undefined) throw refusal(error);
  // Not the service's own words: a proxy before it, or a host that has just started or is about to stop.
  if (status >= 500 || status === 429) throw unreachable();
  // This says the same, whoever says it.
  if (status === 413) throw new RequestError('body_too_large', 'It is too large to be sent');
  throw new RequestError('invalid_answer', `Something answered ${status} in place of the service`);
}

/** Others have errors in the same shape, but other words. */
const ownCode = /^[a-z]+(_[a-z]+)*$/;

function readError(text: string): WireError | undefined {
  const body = parse(text);
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && ownCode.test(error.code) ? (error as WireError) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
