import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import sinon from 'sinon';
import { rsaKey } from '../../support/jws.js';

/** A real OpenID provider on loopback, which issues JWT access tokens (RFC 9068) to one client. */
export interface OidcProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** Answers 503 to everything. */
  down: boolean;
  issueToken(audience?: string): Promise<string>;
  close(): Promise<void>;
}

const client = { id: 'clinic', secret: 'the secret of the clinic' };
const audience = 'https://chat.example';

export async function startOidcProvider(): Promise<OidcProvider> {
  let handle: RequestListener | undefined;
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (provider.down || handle === undefined) response.writeHead(503).end();
    else handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider: OidcProvider = {
    issuer,
    audience,
    clientId: client.id,
    asked,
    down: false,
    issueToken: async (resource = audience) => {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${encodeURIComponent(client.secret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'chat', resource }),
      });
      const { access_token: token } = (await response.json()) as { access_token?: string };
      if (token === undefined) throw new Error(`The provider answered ${response.status} and no token`);
      return token;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  handle = await createProvider(issuer);
  return provider;
}

async function createProvider(issuer: string): Promise<RequestListener> {
  // It warns that it is not set up for production, which is so.
  const warnings = sinon.stub(console, 'warn');
  const notices = sinon.stub(console, 'info');
  try {
    const { default: Provider } = await import('oidc-provider');
    const { kid, privateKey } = rsaKey(3);
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
      ttl: { ClientCredentials: 600 },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_ctx, resource) => ({ scope: 'chat', audience: resource, accessTokenFormat: 'jwt' }),
        },
      },
    });
    const handler = provider.callback();
    return (request, response) => void handler(request, response);
  } finally {
    warnings.restore();
    notices.restore();
  }
}
