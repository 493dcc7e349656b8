import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseOptions } from '../../config/parse-options.js';
import { actorByLogin, readId } from '../actor-mappings.js';
import { algorithms, type ActorFromClaims, type Algorithm, type Claims, type Issuer } from '../issuer.js';
import { defaultAlgorithm, publicKey, secretKey } from '../keys/configured-key.js';
import { fixedKey } from '../keys/fixed-key.js';
import { openJwks } from '../keys/jwks-endpoint.js';
import { jwksOptions, type JwksOptions } from '../keys/jwks-options.js';
import { keyFits } from '../keys/key-strength.js';
import { reasonAgainstTyp } from './plain-jwt.js';
import { actor, commonOptions, httpUrl, text, texts, type CommonIssuerOptions } from './option-schemas.js';

export interface DjangoOptions extends CommonIssuerOptions {
  /** The signing secret (SimpleJWT's SIGNING_KEY, by default Django's SECRET_KEY): at least 32 bytes. */
  secret?: string | Uint8Array;
  /** The public key (SimpleJWT's VERIFYING_KEY): PEM or a KeyObject; RSA of at least 2,048 bits, or P-256, P-384, P-521. */
  publicKey?: string | KeyObject;
  /** Where the public keys are published. Give just one of `secret`, `publicKey` and `jwksUri`. */
  jwksUri?: string;
  jwks?: JwksOptions;
  /** Accepted signature algorithms. Default: HS256 for a secret, RS256 or the curve's for a public key, RS256 for a JWKS. */
  algorithms?: readonly Algorithm[];
  /** SimpleJWT's ISSUER, the exact `iss` of the tokens. Default: they have none, as SimpleJWT's have by default. */
  issuer?: string;
  /** SimpleJWT's AUDIENCE: what `aud` must contain one of. Default: a token that has an `aud` is for somebody else. */
  audience?: string | readonly string[];
  /** SimpleJWT's USER_ID_CLAIM. Default `user_id`: a positive integer or, in newer releases, its digits. */
  userIdClaim?: string;
  /** Whose tokens these are. Default: the dentist whose login in the directory is the user id. */
  actor?: ActorFromClaims;
}

const schema = z
  .strictObject(
    {
      ...commonOptions,
      secret: secretKey.optional(),
      publicKey: publicKey.optional(),
      jwksUri: httpUrl.optional(),
      jwks: jwksOptions,
      algorithms: z
        .array(z.enum(algorithms, `must be one of ${algorithms.join(', ')}`), 'must be a list of algorithms')
        .min(1, 'must not be empty')
        .readonly()
        .optional(),
      issuer: text.optional(),
      audience: texts.optional(),
      userIdClaim: text.default('user_id'),
      actor: actor.optional(),
    },
    'must be an object',
  )
  .superRefine((options, context) => {
    const given = [options.secret, options.publicKey, options.jwksUri].filter((source) => source !== undefined);
    if (given.length !== 1) {
      context.addIssue({ code: 'custom', path: ['secret'], message: 'give just one of secret, publicKey and jwksUri' });
    }
    const key = options.secret ?? options.publicKey;
    for (const algorithm of options.algorithms ?? []) {
      // A secret never comes from a JWKS, and a public key is never a secret.
      const fits = key === undefined ? !algorithm.startsWith('HS') : keyFits(key, algorithm);
      if (!fits)
        context.addIssue({ code: 'custom', path: ['algorithms'], message: `${algorithm} does not fit the key` });
    }
  });

/**
 * A Django host with SimpleJWT. Its access tokens have no `iss`, `aud`, `sub` or `kid` by default; what tells them from
 * refresh tokens is `token_type`, which must be `access`.
 * @throws ChatSetupError with every fault in the options.
 */
export function django(options: DjangoOptions): Issuer {
  const config = parseOptions('django', schema, options);
  const { name = 'django', jwksUri, userIdClaim } = config;
  const key = config.secret ?? config.publicKey;
  return {
    name,
    iss: config.issuer,
    algorithms: config.algorithms ?? [(key && defaultAlgorithm(key)) ?? 'RS256'],
    clockToleranceSeconds: config.clockToleranceSeconds,
    audience: config.audience,
    openKeys: (context) => {
      if (key !== undefined) return fixedKey(key);
      if (jwksUri === undefined) throw new TypeError('django() has no key'); // the schema lets none pass
      return openJwks(name, jwksUri, config.jwks, context);
    },
    check: (claims, header) => reasonAgainstTyp(header) ?? reasonAgainst(claims, config.audience, userIdClaim),
    actor: config.actor ?? actorByLogin('dentist', userIdClaim),
  };
}

function reasonAgainst(
  claims: Claims,
  audience: readonly string[] | undefined,
  userIdClaim: string,
): string | undefined {
  if (claims['token_type'] !== 'access') return 'its token_type is not access';
  if (readId(claims[userIdClaim]) === null) return 'its user id is no positive integer';
  // RFC 7519 section 4.1.3: whoever is not among the named audience must refuse.
  if (audience === undefined && claims.aud !== undefined) return 'it has an aud, and no audience is configured';
  return undefined;
}
