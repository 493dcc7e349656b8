import { RequestError, refusal, unreachable } from './request-error.js';
import type { TokenSource } from './token-source.js';
import type { WireError } from '../wire.js';

/** The REST side of the service. Every method rejects with {@link RequestError}. */
export interface Rest {
  get<Answer>(path: string): Promise<Answer>;
  /** Sends JSON, or multipart when given a form. */
  post<Answer>(path: string, body?: object | FormData): Promise<Answer>;
}

export interface RestOptions {
  /** Where the service is; empty for the page's own origin. */
  readonly url: string;
  readonly tokens: TokenSource;
  /** Fires when requests should stop: whatever is under way ends as unreachable. */
  readonly signal: () => AbortSignal;
}

/** How long an answer may take. Pictures on a slow phone line need their time. */
const answerTimeoutMs = 20_000;
const uploadTimeoutMs = 180_000;

export function createRest({ url, tokens, signal }: RestOptions): Rest {
  async function request<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const response = await send(method, path, body, await currentToken());
    // A token can run out, or its key be withdrawn, between two requests: one new token, one more try.
    if (response.status !== 401) return readAnswer<Answer>(response);
    return readAnswer<Answer>(await send(method, path, body, await newToken()));
  }

  async function send(method: string, path: string, body: object | undefined, token: string): Promise<Response> {
    const isForm = body instanceof FormData;
    const timeout = AbortSignal.timeout(isForm ? uploadTimeoutMs : answerTimeoutMs);
    try {
      return await fetch(url + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        signal: AbortSignal.any([timeout, signal()]),
      });
    } catch {
      throw unreachable();
    }
  }

  const currentToken = (): Promise<string> => tokens.current().catch(tokenUnavailable);
  const newToken = (): Promise<string> => tokens.renew().catch(tokenUnavailable);

  return {
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body),
  };
}

async function readAnswer<Answer>(response: Response): Promise<Answer> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as Answer;
  throw refusal(readError(body) ?? { code: 'internal_error', message: `The service answered ${response.status}` });
}

function readError(body: unknown): WireError | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error ? (error as WireError) : undefined;
}

/** The page's own sign-in is out of reach: as good as no connection. */
function tokenUnavailable(): never {
  throw new RequestError('unreachable', 'No token could be had');
}
