import { connect, type Socket } from 'node:net';

/**
 * One kept-alive HTTP/1.1 connection that does as little as one can: it sends requests ready made and reads the status
 * and as many bytes as `Content-Length` says.
 */
export interface HttpConnection {
  /** Sends a whole request. One at a time. */
  request(bytes: Buffer): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export function openConnection(port: number): Promise<HttpConnection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = Buffer.alloc(0);
  let waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;

  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = takeAnswer();
    if (answer === undefined) return;
    const { resolve } = waiting ?? {};
    waiting = undefined;
    resolve?.(answer);
  });
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));

  function takeAnswer(): HttpAnswer | undefined {
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return undefined;
    const head = received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 'NaN');
    if (Number.isNaN(length)) throw new Error('an answer without Content-Length');
    const end = headEnd + 4 + length;
    if (received.length < end) return undefined;
    const body = received.subarray(headEnd + 4, end);
    received = received.subarray(end);
    return { status: Number(head.slice(9, 12)), body };
  }

  const connection: HttpConnection = {
    request: (bytes) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => void socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection));
    socket.once('error', reject);
  });
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Goes as JSON. Default: no body. */
  readonly body?: object;
}

/** The bytes of a request. */
export function requestBytes({ method, path, headers, body }: HttpRequest): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const ofBody = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(method === 'POST' ? { 'content-length': String(Buffer.byteLength(text)) } : {}),
  };
  const fields = { host: '127.0.0.1', ...ofBody, ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, '', text].join('\r\n'));
}
