import { performance } from 'node:perf_hooks';
import { fetchJson } from './fetch-json.js';

/** How long a discovered address is used before it is asked for again, in milliseconds: an hour. */
const maxAgeMs = 3_600_000;

/** How long a known address is used without asking after asking has failed, in milliseconds: five minutes. */
const retryMs = 300_000;

/**
 * Finds an issuer's `jwks_uri` by OpenID Connect Discovery 1.0 section 4, at the first need, and remembers it. While the
 * document cannot be had, the last known address is used for at most `outageSeconds`.
 *
 * @throws Error when there is no address to be had; the signal's reason when it fires.
 */
export function createDiscovery(
  issuer: string,
  outageSeconds: number,
  now: () => number = () => performance.now(),
): (signal: AbortSignal) => Promise<string> {
  let jwksUri: string | undefined;
  let foundAt = -Infinity;
  let askAt = -Infinity;

  return async (signal) => {
    const known = now() - foundAt < outageSeconds * 1_000 ? jwksUri : undefined;
    if (known !== undefined && now() < askAt) return known;
    // Set before asking: a document that never comes uses up the time of one fetch of the keys, and not of the next.
    askAt = now() + retryMs;
    try {
      jwksUri = readJwksUri(await fetchJson(documentUrl(issuer), signal), issuer);
      foundAt = now();
      askAt = foundAt + maxAgeMs;
      return jwksUri;
    } catch (error) {
      if (signal.aborted || known === undefined) throw error;
      return known;
    }
  };
}

function documentUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function readJwksUri(document: unknown, issuer: string): string {
  const { issuer: named, jwks_uri: jwksUri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  // Section 4.3: the document must be about this very issuer.
  if (named !== issuer) throw new Error('The discovery document is about another issuer');
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) throw new Error('The discovery document has no jwks_uri');
  const { protocol } = new URL(jwksUri);
  // An issuer that is reached over TLS must not have its keys fetched over the open network.
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol) throw new Error('The jwks_uri is not https');
  return jwksUri;
}
