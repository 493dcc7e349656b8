import { z } from 'zod';
import { parseOptions } from '../../config/parse-options.js';
import type { ActorFromClaims, AsymmetricAlgorithm, Claims, Issuer, TokenHeader } from '../issuer.js';
import { createDiscovery } from '../keys/discovery.js';
import { openJwks } from '../keys/jwks-endpoint.js';
import { jwksOptions, type JwksOptions } from '../keys/jwks-options.js';
import {
  actor,
  asymmetricAlgorithms,
  commonOptions,
  httpUrl,
  texts,
  type CommonIssuerOptions,
} from './option-schemas.js';

export interface OidcOptions extends CommonIssuerOptions {
  /** The exact `iss` of the tokens, and where discovery begins. */
  issuer: string;
  /** What `aud` must contain one of: your API's identifier, not the client id, which is the audience of ID tokens. */
  audience: string | readonly string[];
  /** Where the keys are. Default: found in `<issuer>/.well-known/openid-configuration` at the first token. */
  jwksUri?: string;
  jwks?: JwksOptions;
  /** Accepted signature algorithms. Default RS256. */
  algorithms?: readonly AsymmetricAlgorithm[];
  /**
   * Accepted media types in the header's `typ`, without `application/`. Default `JWT` and `at+jwt` (RFC 9068); a token
   * without `typ` counts as `JWT`.
   */
  tokenTypes?: string | readonly string[];
  /** Claims that must be there with just this value, or one of these: `{ typ: 'Bearer' }` for Keycloak's access tokens. */
  requiredClaims?: Readonly<Record<string, string | readonly string[]>>;
  /** Whose tokens these are: `actorByLogin('customer')`, for instance. */
  actor: ActorFromClaims;
}

const schema = z.strictObject(
  {
    ...commonOptions,
    issuer: httpUrl,
    audience: texts,
    jwksUri: httpUrl.optional(),
    jwks: jwksOptions,
    algorithms: asymmetricAlgorithms.default(['RS256']),
    tokenTypes: texts.default(['JWT', 'at+jwt']),
    requiredClaims: z.record(z.string(), texts, 'must be an object of claims and their values').default({}),
    actor,
  },
  'must be an object',
);

/**
 * Any other issuer that publishes its keys: Keycloak, Auth0, Entra ID.
 * @throws ChatSetupError with every fault in the options.
 */
export function oidc(options: OidcOptions): Issuer {
  const config = parseOptions('oidc', schema, options);
  const name = config.name ?? 'oidc';
  const types = config.tokenTypes.map((type) => type.toLowerCase());
  return {
    name,
    iss: config.issuer,
    algorithms: config.algorithms,
    clockToleranceSeconds: config.clockToleranceSeconds,
    audience: config.audience,
    openKeys: (context) => {
      const address = config.jwksUri ?? createDiscovery(config.issuer, config.jwks.outageSeconds);
      return openJwks(name, address, config.jwks, context);
    },
    check: (claims, header) => reasonAgainst(claims, header, types, config.requiredClaims),
    actor: config.actor,
  };
}

function reasonAgainst(
  claims: Claims,
  header: TokenHeader,
  types: readonly string[],
  requiredClaims: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  if (!types.includes(header.typ ?? 'jwt')) return 'its typ is not accepted';
  const other = Object.entries(requiredClaims).find(
    ([claim, values]) => !values.some((value) => value === claims[claim]),
  );
  return other === undefined ? undefined : `its ${other[0]} is not accepted`;
}
