import { expect } from 'chai';
import type { Claims, Issuer } from '../../../lib/auth/issuer.js';
import { oidc, type OidcOptions } from '../../../lib/auth/issuers/oidc.js';
import { createTokenVerifier, type TokenVerifier } from '../../../lib/auth/token-verifier.js';
import { rsaKey, signJws } from '../../support/jws.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { faultsOf } from '../faults.js';
import { refusal } from '../refusal.js';
import { inSeconds } from '../token-rows/token-row.js';
import { startOidcProvider, type OidcProvider } from './oidc-provider.js';

const good: OidcOptions = {
  issuer: 'https://id.example',
  audience: 'https://chat.example',
  actor: () => ({ type: 'dentist', id: 1 }),
};

describe('An OpenID provider', () => {
  let provider: OidcProvider;
  let verifier: TokenVerifier;

  function open(...options: readonly Partial<OidcOptions>[]): TokenVerifier {
    const issuers: Issuer[] = options.map((each) => oidc({ ...good, issuer: provider.issuer, ...each }));
    const lookup = { findByLogin: () => Promise.resolve(null) };
    verifier = createTokenVerifier({ issuers, lookup, logger: recordingLogger() });
    return verifier;
  }
  const claimsOf = async (token: string): Promise<Claims> => (await verifier.verifyToken(token)).claims;
  const codeOf = async (token: string): Promise<string> => (await refusal(verifier.verifyToken(token))).code;

  /** A token by the provider's own key, such as it never issues. */
  function forge(claims: object, header: object = {}): string {
    const { kid, privateKey } = rsaKey(3);
    const common = { iss: provider.issuer, aud: provider.audience, exp: inSeconds(60), sub: 'somebody' };
    return signJws({ alg: 'RS256', kid, typ: 'at+jwt', ...header }, { ...common, ...claims }, privateKey);
  }

  beforeEach(async () => {
    provider = await startOidcProvider();
  });

  afterEach(async () => {
    verifier.close();
    await provider.close();
  });

  it('issues access tokens that are verified by what it says of itself', async () => {
    open({ actor: (claims) => (claims['client_id'] === provider.clientId ? { type: 'dentist', id: 7 } : null) });
    const token = await provider.issueToken();
    const { actor, issuer } = await verifier.authenticate(token);
    expect(actor).to.deep.equal({ type: 'dentist', id: 7 });
    expect(issuer).to.equal('oidc');
  });

  it('is asked for its discovery document once, at the first token', async () => {
    open({});
    const token = await provider.issueToken();
    const document = '/.well-known/openid-configuration';
    expect(provider.asked.get(document)).to.equal(undefined);
    await claimsOf(token);
    expect(await codeOf(forge({}, { kid: 'another' }))).to.equal('token_invalid');
    expect(provider.asked.get(document)).to.equal(1);
    expect(provider.asked.get('/jwks')).to.equal(2);
  });

  it('is not asked for its discovery document when the keys are configured', async () => {
    open({ jwksUri: `${provider.issuer}/jwks` });
    await claimsOf(await provider.issueToken());
    expect([...provider.asked.keys()]).to.have.members(['/token', '/jwks']);
  });

  it('is issuer_unavailable while its discovery document cannot be had, and there again afterwards', async () => {
    open({});
    const token = await provider.issueToken();
    provider.down = true;
    expect(await codeOf(token)).to.equal('issuer_unavailable');
    provider.down = false;
    // The next ask is not held up by the one that failed.
    await claimsOf(token);
    provider.down = true;
    await claimsOf(token);
    expect(await codeOf(forge({}, { kid: 'another' }))).to.equal('issuer_unavailable');
  });

  it('is not trusted when its document is about another issuer', async () => {
    const issuer = `${provider.issuer}/`;
    open({ issuer });
    expect(await codeOf(forge({ iss: issuer }))).to.equal('issuer_unavailable');
  });

  it('issues tokens for others, which are refused', async () => {
    open({});
    expect(await codeOf(await provider.issueToken('https://other.example'))).to.equal('token_invalid');
    expect(await codeOf(forge({ aud: undefined }))).to.equal('token_invalid');
    expect(await codeOf(forge({ aud: ['https://other.example'] }))).to.equal('token_invalid');
    await claimsOf(forge({ aud: ['https://other.example', provider.audience] }));
  });

  it('issues tokens of other kinds, which are refused by their typ', async () => {
    open({});
    for (const typ of ['logout+jwt', 'dpop+jwt', 'entity-statement+jwt'])
      expect(await codeOf(forge({}, { typ }))).to.equal('token_invalid');
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt', undefined]) await claimsOf(forge({}, { typ }));
  });

  it('can be held to the types that are configured', async () => {
    open({ tokenTypes: 'at+JWT' });
    await claimsOf(forge({}));
    for (const typ of ['JWT', undefined]) expect(await codeOf(forge({}, { typ }))).to.equal('token_invalid');
  });

  it('can be held to claims with certain values', async () => {
    open({ requiredClaims: { typ: 'Bearer', tenant: ['a', 'b'] } });
    await claimsOf(forge({ typ: 'Bearer', tenant: 'b' }));
    for (const claims of [{ typ: 'ID', tenant: 'b' }, { typ: 'Bearer' }, { typ: 'Bearer', tenant: ['b'] }]) {
      expect(await codeOf(forge(claims))).to.equal('token_invalid');
    }
  });

  it('signs with the algorithms that are configured alone', async () => {
    open({ algorithms: ['PS256'] });
    expect(await codeOf(await provider.issueToken())).to.equal('token_invalid');
  });

  it('names every fault in its options at once', () => {
    open({});
    expect(faultsOf(() => oidc({ algorithms: ['HS256'], tokenTypes: [] } as unknown as OidcOptions))).to.deep.equal([
      'oidc.issuer: must be a url',
      'oidc.audience: must be a string or a list of strings',
      'oidc.algorithms[0]: must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512',
      'oidc.tokenTypes: must not be empty',
      'oidc.actor: must be a function of claims and lookup, such as actorByLogin(...)',
    ]);
  });
});
