import type { IssuerContext, KeySource } from '../issuer.js';
import { fetchJson } from './fetch-json.js';
import { JwksKeys } from './jwks-keys.js';
import type { JwksSettings } from './jwks-options.js';

/** Where a JWKS is: a configured address, or one that has to be found first. */
export type JwksAddress = string | ((signal: AbortSignal) => Promise<string>);

/** Opens the keys of a JWKS endpoint for an issuer. */
export function openJwks(
  issuer: string,
  address: JwksAddress,
  settings: JwksSettings,
  context: IssuerContext,
): KeySource {
  if (typeof address === 'string' && isOpenToTheNetwork(address)) {
    context.logger.warn(
      { issuer },
      'The signing keys are fetched over plain http: whoever is on the way can replace them',
    );
  }
  return new JwksKeys({
    ...settings,
    issuer,
    logger: context.logger,
    fetchJwks: async (signal) => fetchJson(typeof address === 'string' ? address : await address(signal), signal),
  });
}

function isOpenToTheNetwork(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
