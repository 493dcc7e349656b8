import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rsaKey } from '../support/jws.js';

/** An attacker's server: offers the attacker's key in every form, to whoever comes. Nobody should. */
export interface TrapServer {
  readonly url: string;
  /** How many came. */
  readonly visits: number;
  close(): Promise<void>;
}

/** The attacker's key: none that an issuer of the tests has. */
export const attackerKey = rsaKey(8);

export async function startTrapServer(): Promise<TrapServer> {
  let visits = 0;
  const jwk = { ...attackerKey.publicKey.export({ format: 'jwk' }), kid: attackerKey.kid, alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  // Whoever connects has been lured, whether a request follows or not.
  server.on('connection', () => {
    visits += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    get visits() {
      return visits;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
