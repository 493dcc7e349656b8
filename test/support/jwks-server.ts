import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rsaKey } from './jws.js';
import type { SigningKey } from './jws.js';

/** How the endpoint answers: its keys; a dropped connection; 500; 200 with nonsense; or not at all. */
export type JwksMood = 'up' | 'down' | 'failing' | 'garbled' | 'hanging';

/** A key endpoint on loopback, with switches for what happens to real ones. */
export interface JwksServer {
  readonly url: string;
  mood: JwksMood;
  /** Waited before each answer, in milliseconds. */
  delayMs: number;
  /** How often it was asked, whatever it answered. */
  readonly fetches: number;
  /** The key that tokens are signed with now. */
  readonly current: SigningKey;
  /** From now on another key signs. The old ones stay published until {@link withdraw}. */
  rotate(): SigningKey;
  /** Publishes the current key alone. */
  withdraw(): void;
  close(): Promise<void>;
}

export async function startJwksServer(): Promise<JwksServer> {
  let index = 0;
  let published = [rsaKey(index)];
  let fetches = 0;

  const server = createServer((_request, response) => {
    fetches += 1;
    if (jwks.delayMs === 0) answer(response, jwks.mood, published);
    else setTimeout(() => answer(response, jwks.mood, published), jwks.delayMs).unref();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const jwks: JwksServer = {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    mood: 'up',
    delayMs: 0,
    get fetches() {
      return fetches;
    },
    get current() {
      return rsaKey(index);
    },
    rotate() {
      index += 1;
      published = [...published, rsaKey(index)];
      return rsaKey(index);
    },
    withdraw() {
      published = [rsaKey(index)];
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return jwks;
}

function answer(response: ServerResponse, mood: JwksMood, published: readonly SigningKey[]): void {
  switch (mood) {
    case 'hanging':
      return;
    case 'down':
      response.destroy();
      return;
    case 'failing':
      response.writeHead(500).end();
      return;
    case 'garbled':
      response.setHeader('Content-Type', 'application/json').end('{"keys":"');
      return;
    case 'up': {
      const keys = published.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        ...{ kid, alg: 'RS256', use: 'sig' },
      }));
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }));
    }
  }
}
