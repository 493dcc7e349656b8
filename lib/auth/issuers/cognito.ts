import { z } from 'zod';
import { parseOptions } from '../../config/parse-options.js';
import { actorByLogin } from '../actor-mappings.js';
import type { ActorFromClaims, Claims, Issuer } from '../issuer.js';
import { openJwks } from '../keys/jwks-endpoint.js';
import { jwksOptions, type JwksOptions } from '../keys/jwks-options.js';
import { reasonAgainstTyp } from './plain-jwt.js';
import { actor, commonOptions, httpUrl, textLike, texts, type CommonIssuerOptions } from './option-schemas.js';

/** The kinds of JWT that a user pool issues. */
export type CognitoTokenUse = 'access' | 'id';

export interface CognitoOptions extends CommonIssuerOptions {
  /** The user pool's region: `eu-central-1`. */
  region: string;
  /** The user pool's id, which begins with its region: `eu-central-1_AbCdEfGhI`. */
  userPoolId: string;
  /** The app client whose tokens are accepted, or several. */
  clientId: string | readonly string[];
  /** The kinds of token that are accepted. Default `access`, the kind that is made for calling an API. */
  tokenUse?: CognitoTokenUse | readonly CognitoTokenUse[];
  /** The exact `iss` of the tokens. Default: AWS's for this region and pool; give it for an emulator. */
  issuer?: string;
  /** Where the pool's keys are. Default: `<issuer>/.well-known/jwks.json`. */
  jwksUri?: string;
  jwks?: JwksOptions;
  /** Whose tokens these are. Default: the customer whose login in the directory is the `sub`. */
  actor?: ActorFromClaims;
}

const tokenUseFault = 'must be "access", "id" or a list of them';
const tokenUse = z.enum(['access', 'id'], tokenUseFault);

const schema = z
  .strictObject(
    {
      ...commonOptions,
      region: textLike(/^[a-z0-9-]+$/, 'must be an AWS region, such as eu-central-1'),
      userPoolId: textLike(/^[\w-]+$/, 'must be the id of a user pool, such as eu-central-1_AbCdEfGhI'),
      clientId: texts,
      tokenUse: z
        .union([tokenUse.transform((one) => [one]), z.array(tokenUse).min(1, 'must not be empty')], tokenUseFault)
        .default(['access']),
      issuer: httpUrl.optional(),
      jwksUri: httpUrl.optional(),
      jwks: jwksOptions,
      actor: actor.default(() => actorByLogin('customer')),
    },
    'must be an object',
  )
  .refine(({ issuer, userPoolId, region }) => issuer !== undefined || userPoolId.startsWith(`${region}_`), {
    path: ['userPoolId'],
    message: 'must begin with the region and "_"; look at both, or give the issuer of an emulator',
  });

/**
 * A user pool of Amazon Cognito. Its tokens are RS256; an access token names its app client in `client_id` and an ID
 * token in `aud`, and both say which they are in `token_use` (Amazon Cognito developer guide, "Verifying JSON web
 * tokens").
 * @throws ChatSetupError with every fault in the options.
 */
export function cognito(options: CognitoOptions): Issuer {
  const config = parseOptions('cognito', schema, options);
  const domain = config.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const iss = config.issuer ?? `https://cognito-idp.${config.region}.${domain}/${config.userPoolId}`;
  const jwksUri = config.jwksUri ?? `${iss.replace(/\/$/, '')}/.well-known/jwks.json`;
  const name = config.name ?? 'cognito';
  return {
    name,
    iss,
    algorithms: ['RS256'],
    clockToleranceSeconds: config.clockToleranceSeconds,
    // An access token has no aud: `check` looks at the claim that names the client in each kind.
    audience: undefined,
    openKeys: (context) => openJwks(name, jwksUri, config.jwks, context),
    check: (claims, header) => reasonAgainstTyp(header) ?? reasonAgainst(claims, config.tokenUse, config.clientId),
    actor: config.actor,
  };
}

function reasonAgainst(
  claims: Claims,
  uses: readonly CognitoTokenUse[],
  clientIds: readonly string[],
): string | undefined {
  const use = uses.find((each) => each === claims['token_use']);
  if (use === undefined) return 'its token_use is not accepted';
  const client = use === 'access' ? claims['client_id'] : claims.aud;
  if (typeof client !== 'string' || !clientIds.includes(client)) return 'its app client is not accepted';
  if (claims.sub === undefined || claims.sub === '') return 'it has no sub';
  return undefined;
}
