import { ChatSetupError } from '../errors.js';
import { refused, type UnverifiedToken } from './compact-jws.js';
import type { Algorithm, Issuer } from './issuer.js';

/** The closed map from what a token says of its origin to the one issuer that may have made it. */
export interface IssuerMap {
  /** @throws ChatError `token_invalid` for an origin that is not in the map, or an algorithm that is not the issuer's. */
  issuerOf(token: UnverifiedToken): Issuer;
}

/** @throws ChatSetupError where a token could belong to two issuers. */
export function createIssuerMap(issuers: readonly Issuer[]): IssuerMap {
  const byIss = new Map<string, Issuer>();
  const withoutIss = new Map<Algorithm, Issuer>();
  const names = new Set<string>();
  const faults: string[] = [];

  for (const issuer of issuers) {
    if (names.has(issuer.name))
      faults.push(`auth.issuers: "${issuer.name}" is there twice; give one a name of its own`);
    names.add(issuer.name);
    if (issuer.iss === undefined) {
      for (const algorithm of issuer.algorithms) {
        const other = withoutIss.get(algorithm);
        if (other !== undefined) {
          faults.push(
            `auth.issuers: "${other.name}" and "${issuer.name}" both expect ${algorithm} tokens without iss; give one an iss`,
          );
        }
        withoutIss.set(algorithm, issuer);
      }
    } else {
      const other = byIss.get(issuer.iss);
      if (other !== undefined) faults.push(`auth.issuers: "${other.name}" and "${issuer.name}" expect the same iss`);
      byIss.set(issuer.iss, issuer);
    }
  }
  if (faults.length > 0) throw new ChatSetupError('The issuers cannot be told apart', faults);

  return {
    issuerOf({ header, claims }) {
      // A token with an iss never falls back to an issuer that expects none.
      const issuer = claims.iss === undefined ? withoutIss.get(header.alg) : byIss.get(claims.iss);
      if (issuer === undefined) throw refused('its issuer is not configured');
      if (!issuer.algorithms.includes(header.alg)) throw refused('its alg is not one of its issuer');
      return issuer;
    },
  };
}
