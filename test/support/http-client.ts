import { holdAnswer } from './contracts.js';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** JSON parsed; other text as it is; undefined when there is none. */
  readonly body: Body;
}

/** Somebody at the REST door. Paths begin with a slash; a full URL (a signed one) goes there with no token. */
export interface HttpClient {
  get<Body = unknown>(path: string): Promise<Answer<Body>>;
  /** With JSON when `body` is given. */
  post<Body = unknown>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
  postForm<Body = unknown>(path: string, form: FormData, headers?: Record<string, string>): Promise<Answer<Body>>;
  /** Anything else: as `fetch`, and the token unless `init` sets one of its own. */
  request<Body = unknown>(path: string, init?: RequestInit): Promise<Answer<Body>>;
}

export function httpClient(baseUrl: string, token: string | undefined): HttpClient {
  const request = async <Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> => {
    const headers = new Headers(init.headers);
    const isOurs = path.startsWith('/');
    if (isOurs && token !== undefined && !headers.has('Authorization')) headers.set('Authorization', `Bearer ${token}`);
    const response = await fetch(isOurs ? baseUrl + path : path, { ...init, headers });
    const body = (await readBody(response)) as Body;
    if (isOurs) holdAnswer(init.method ?? 'GET', path, response, body);
    return { status: response.status, headers: response.headers, body };
  };
  return {
    request,
    get: (path) => request(path),
    post: (path, body, headers = {}) =>
      body === undefined
        ? request(path, { method: 'POST', headers })
        : request(path, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', ...headers },
            body: JSON.stringify(body),
          }),
    postForm: (path, form, headers = {}) => request(path, { method: 'POST', headers, body: form }),
  };
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('Content-Type')?.includes('json') === true ? JSON.parse(text) : text;
}
