import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { CognitoOptions } from '../../lib/index.js';
import type { DemoKeys } from './demo-keys.js';
import type { DemoPerson } from './people.js';

/** Short enough that whoever keeps a page open sees `auth:expiring` and `auth:refresh` at work. */
const tokenSeconds = 15 * 60;

const region = 'eu-central-1';
const userPoolId = `${region}_FernhillDemo`;
const clientId = 'fernhill-demo-app';

/** Where the demo publishes the keys of its user pool, on its own origin. */
export const jwksPath = `/demo/cognito/${userPoolId}/.well-known/jwks.json`;

/** How the chat is told of the demo's user pool: as of a real one, but for its address. */
export function cognitoOptions(url: string): CognitoOptions {
  return { region, userPoolId, clientId, issuer: issuerUrl(url), jwksUri: url + jwksPath };
}

/** The user pool's key set (RFC 7517). */
export function jwks({ cognitoKeyId, cognitoPublicKey }: DemoKeys): object {
  return { keys: [{ ...cognitoPublicKey.export({ format: 'jwk' }), kid: cognitoKeyId, use: 'sig', alg: 'RS256' }] };
}

/** A token as the person's own sign-in would give it: a customer's from Cognito, a dentist's from Django. */
export function mintToken(person: DemoPerson, keys: DemoKeys, url: string): string {
  return person.type === 'customer' ? mintCognitoToken(person, keys, url) : mintDjangoToken(person, keys);
}

/** The claims of a Cognito access token: `client_id`, and no `aud`. */
function mintCognitoToken({ login }: DemoPerson, { cognitoPrivateKey, cognitoKeyId }: DemoKeys, url: string): string {
  const claims = {
    sub: login,
    iss: issuerUrl(url),
    client_id: clientId,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: Math.floor(Date.now() / 1_000),
    jti: randomUUID(),
    username: login,
  };
  return jwt.sign(claims, cognitoPrivateKey, { algorithm: 'RS256', keyid: cognitoKeyId, expiresIn: tokenSeconds });
}

/** The claims of a SimpleJWT access token: no `iss`, no `sub`. */
function mintDjangoToken({ login }: DemoPerson, { djangoSecret }: DemoKeys): string {
  const claims = { token_type: 'access', jti: randomUUID().replaceAll('-', ''), user_id: Number(login) };
  return jwt.sign(claims, djangoSecret, { algorithm: 'HS256', expiresIn: tokenSeconds });
}

const issuerUrl = (url: string): string => `${url}/demo/cognito/${userPoolId}`;
