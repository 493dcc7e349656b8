import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { rsaKey, signJws } from './jws.js';
import { startJwksServer } from './jwks-server.js';
import type { JwksServer } from './jwks-server.js';

/** What to change in a good token. A field that is set to `undefined` is left out. */
export interface TokenChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signs instead of the issuer's own key. */
  readonly key?: KeyObject | string;
}

/** Two issuers as a deployment has them, and tokens such as they give out. */
export interface TestTokens {
  /** The endpoint with the Cognito pool's keys. */
  readonly jwks: JwksServer;
  /** For `cognito(...)`. */
  readonly cognito: { region: string; userPoolId: string; clientId: string; jwksUri: string };
  /** The `iss` of the pool's tokens. */
  readonly cognitoIssuer: string;
  /** For `django(...)`: SimpleJWT with its default settings, HS256. */
  readonly django: { secret: string };
  /** For `django(...)`: SimpleJWT set to RS256. */
  readonly djangoRs256: { publicKey: string };
  cognitoAccess(sub: string, changes?: TokenChanges): string;
  cognitoId(sub: string, changes?: TokenChanges): string;
  djangoAccess(userId: number | string, changes?: TokenChanges): string;
  djangoRefresh(userId: number | string, changes?: TokenChanges): string;
  djangoRs256Access(userId: number | string, changes?: TokenChanges): string;
  close(): Promise<void>;
}

const lifetimeSeconds = 3600;

export async function startTestTokens(): Promise<TestTokens> {
  const jwks = await startJwksServer();
  const cognito = { region: 'eu-central-1', userPoolId: 'eu-central-1_TestPool1', clientId: '4tq1q3example0client' };
  const cognitoIssuer = `https://cognito-idp.${cognito.region}.amazonaws.com/${cognito.userPoolId}`;
  const secret = randomBytes(32).toString('hex');
  // The key endpoint counts up from 0, so this is none of its keys.
  const djangoKey = rsaKey(9);

  const cognitoToken = (claims: object, changes: TokenChanges): string => {
    const { kid, privateKey } = jwks.current;
    return mint({ kid, alg: 'RS256' }, { ...claims, iss: cognitoIssuer, ...cognitoTimes() }, privateKey, changes);
  };
  const djangoClaims = (kind: 'access' | 'refresh', userId: number | string): object => ({
    token_type: kind,
    ...times(),
    jti: randomBytes(16).toString('hex'),
    user_id: userId,
  });

  return {
    jwks,
    cognito: { ...cognito, jwksUri: jwks.url },
    cognitoIssuer,
    django: { secret },
    djangoRs256: { publicKey: djangoKey.publicKey.export({ format: 'pem', type: 'spki' }).toString() },
    // After "Using the access token" and "Using the ID token" in the Amazon Cognito developer guide.
    cognitoAccess: (sub, changes = {}) => {
      const client = { client_id: cognito.clientId, scope: 'aws.cognito.signin.user.admin', username: sub };
      return cognitoToken({ sub, token_use: 'access', ...client }, changes);
    },
    cognitoId: (sub, changes = {}) => {
      const person = { 'cognito:username': sub, email: 'somebody@example.com', email_verified: true };
      return cognitoToken({ sub, token_use: 'id', aud: cognito.clientId, ...person }, changes);
    },
    // As SimpleJWT's AccessToken and RefreshToken write them with no setting changed.
    djangoAccess: (userId, changes = {}) =>
      mint({ alg: 'HS256', typ: 'JWT' }, djangoClaims('access', userId), secret, changes),
    djangoRefresh: (userId, changes = {}) =>
      mint({ alg: 'HS256', typ: 'JWT' }, djangoClaims('refresh', userId), secret, changes),
    djangoRs256Access: (userId, changes = {}) =>
      mint({ alg: 'RS256', typ: 'JWT' }, djangoClaims('access', userId), djangoKey.privateKey, changes),
    close: () => jwks.close(),
  };
}

function mint(header: object, claims: object, key: KeyObject | string, changes: TokenChanges): string {
  return signJws({ ...header, ...changes.header }, { ...claims, ...changes.claims }, changes.key ?? key);
}

function times(): { iat: number; exp: number } {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + lifetimeSeconds };
}

function cognitoTimes(): object {
  const { iat, exp } = times();
  return { auth_time: iat, iat, exp, jti: randomUUID(), origin_jti: randomUUID(), event_id: randomUUID() };
}
