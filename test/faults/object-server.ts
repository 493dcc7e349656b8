import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * How the store answers: as it should; with a dropped connection; not at all; or, when it has done what it was asked for,
 * with a 503, or with an answer that is cut in the middle.
 */
export type ObjectServerMood = 'up' | 'down' | 'hanging' | 'failing' | 'cutting';

/** As much of S3 as the service asks for, on loopback and with a switch. It believes every signature. */
export interface ObjectServer {
  readonly url: string;
  mood: ObjectServerMood;
  /** Whether there is an object of this key, whatever the bucket. */
  has(key: string): boolean;
  close(): Promise<void>;
}

interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
}

export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, StoredObject>();

  const server = createServer((request, response) => {
    if (store.mood === 'down') response.destroy();
    else if (store.mood !== 'hanging') serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const respond = await answer(objects, request);
    if (store.mood === 'failing') response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    else if (store.mood === 'cutting') cut(response);
    else respond(response);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const store: ObjectServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: 'up',
    has: (key) => objects.has(key),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return store;
}

/** Does what it is asked for. Gives what writes the answer. */
async function answer(
  objects: Map<string, StoredObject>,
  request: IncomingMessage,
): Promise<(response: ServerResponse) => void> {
  const { pathname } = new URL(request.url ?? '/', 'http://store');
  // After the bucket.
  const key = pathname.split('/').slice(2).join('/');
  const body = await buffer(request);
  if (request.method === 'PUT') {
    objects.set(key, { body, contentType: request.headers['content-type'] ?? 'application/octet-stream' });
    return (response) => response.end();
  }
  if (request.method === 'DELETE') {
    objects.delete(key);
    return (response) => response.writeHead(204).end();
  }
  return (response) => give(objects.get(key), request, response);
}

function cut(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Length': 100 });
  response.write('the first of a hundred bytes', () => response.destroy());
}

function give(object: StoredObject | undefined, { method }: IncomingMessage, response: ServerResponse): void {
  if (object === undefined) {
    response.writeHead(404, { 'Content-Type': 'application/xml' });
    response.end(method === 'HEAD' ? undefined : '<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  response.writeHead(200, { 'Content-Type': object.contentType, 'Content-Length': object.body.length });
  response.end(method === 'HEAD' ? undefined : object.body);
}
