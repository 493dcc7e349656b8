import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** How the store answers: as it should; with a dropped connection; or not at all. */
export type ObjectServerMood = 'up' | 'down' | 'hanging';

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
    else if (store.mood === 'up') answer(objects, request, response).catch(() => response.destroy());
  });
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

async function answer(
  objects: Map<string, StoredObject>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://store');
  // After the bucket.
  const key = pathname.split('/').slice(2).join('/');
  const body = await buffer(request);
  if (request.method === 'PUT') {
    objects.set(key, { body, contentType: request.headers['content-type'] ?? 'application/octet-stream' });
    response.end();
  } else if (request.method === 'DELETE') {
    objects.delete(key);
    response.writeHead(204).end();
  } else {
    give(objects.get(key), request, response);
  }
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
