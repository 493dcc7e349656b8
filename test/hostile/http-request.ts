import { Agent, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A client that sends what it is told, where `fetch` would correct it. */
export interface RawClient {
  send(what: RawRequest): Promise<RawAnswer>;
  close(): void;
}

export function rawClient(port: number): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const once = ({ method, path, headers: given = {}, body }: RawRequest): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      // Of some methods Node would send a body without saying so.
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const headers = { ...length, ...given };
      const sent = request({ agent, host: '127.0.0.1', port, method, path, headers, timeout: 20_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer within 20 s')));
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    // A connection that was kept may have been closed by the other side just now.
    send: (what) =>
      once(what).catch((error: NodeJS.ErrnoException) => (isCut(error) ? once(what) : Promise.reject(error))),
    close: () => agent.destroy(),
  };
}

function isCut({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}
