import { expect } from 'chai';
import type { Claims } from '../../../lib/auth/issuer.js';
import { cognito, type CognitoOptions } from '../../../lib/auth/issuers/cognito.js';
import { verifyToken } from '../../../lib/auth/verify-token.js';
import { startTestTokens, type TestTokens } from '../../support/tokens.js';
import { faultsOf } from '../faults.js';
import { refusal } from '../refusal.js';

const good: CognitoOptions = { region: 'eu-central-1', userPoolId: 'eu-central-1_AbCdEfGhI', clientId: 'client' };
const withOptions = (options: Record<string, unknown>): readonly string[] =>
  faultsOf(() => cognito({ ...good, ...options }));

describe('A Cognito user pool', () => {
  it('has the iss and algorithm that AWS documents', () => {
    expect(cognito(good)).to.include({
      name: 'cognito',
      iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI',
      clockToleranceSeconds: 0,
    });
    expect(cognito(good).algorithms).to.deep.equal(['RS256']);
    const china = cognito({ ...good, region: 'cn-north-1', userPoolId: 'cn-north-1_Ab' });
    expect(china.iss).to.equal('https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Ab');
  });

  it('can be an emulator', () => {
    const issuer = 'http://localhost:9229/local_1';
    expect(cognito({ ...good, userPoolId: 'local_1', issuer }).iss).to.equal(issuer);
  });

  it('names every fault in its options at once', () => {
    expect(faultsOf(() => cognito({ clientId: [] as string[], extra: 1 } as unknown as CognitoOptions))).to.deep.equal([
      'cognito.region: must be a string',
      'cognito.userPoolId: must be a string',
      'cognito.clientId: must not be empty',
      'cognito.extra: no such option',
    ]);
  });

  const faults: readonly [options: Record<string, unknown>, option: string][] = [
    [{ region: '' }, 'region'],
    [{ region: 'https://x' }, 'region'],
    [{ userPoolId: '../other' }, 'userPoolId'],
    [{ userPoolId: 'us-east-1_AbCdEfGhI' }, 'userPoolId'],
    [{ clientId: '' }, 'clientId'],
    [{ clientId: ['a', 1] }, 'clientId'],
    [{ tokenUse: 'refresh' }, 'tokenUse'],
    [{ tokenUse: [] }, 'tokenUse'],
    [{ issuer: 'ftp://x' }, 'issuer'],
    [{ jwksUri: 'x' }, 'jwksUri'],
    [{ jwks: { refreshSeconds: 0 } }, 'jwks.refreshSeconds'],
    [{ jwks: { timeout: 1 } }, 'jwks.timeout'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ actor: 'customer' }, 'actor'],
    [{ name: '' }, 'name'],
  ];
  for (const [options, option] of faults) {
    it(`refuses ${JSON.stringify(options)} by the name of ${option}`, () => {
      const [fault, ...more] = withOptions(options);
      expect(fault).to.match(new RegExp(`^cognito\\.${option.replace('.', '\\.')}: .+`));
      expect(more).to.deep.equal([]);
    });
  }

  it('refuses to be made of nothing', () => {
    expect(faultsOf(() => cognito(undefined as unknown as CognitoOptions))).to.deep.equal([
      'cognito: must be an object',
    ]);
  });

  describe('with real tokens', () => {
    let tokens: TestTokens;

    before(async () => {
      tokens = await startTestTokens();
    });
    after(() => tokens.close());

    const verify = (options: Partial<CognitoOptions>, token: string): Promise<Claims> =>
      verifyToken([cognito({ ...tokens.cognito, ...options })], token).then(({ claims }) => claims);

    it('accepts ID tokens instead of access tokens, or both, when told', async () => {
      expect(await verify({ tokenUse: 'id' }, tokens.cognitoId('a'))).to.include({ sub: 'a' });
      expect((await refusal(verify({ tokenUse: 'id' }, tokens.cognitoAccess('a')))).code).to.equal('token_invalid');
      for (const token of [tokens.cognitoId('a'), tokens.cognitoAccess('a')]) {
        expect(await verify({ tokenUse: ['access', 'id'] }, token)).to.include({ sub: 'a' });
      }
    });

    it('looks for its client in the aud of an ID token, and there alone', async () => {
      const { clientId } = tokens.cognito;
      for (const claims of [{ aud: 'other' }, { aud: undefined, client_id: clientId }, { aud: [clientId] }]) {
        const outcome = verify({ tokenUse: 'id' }, tokens.cognitoId('a', { claims }));
        expect((await refusal(outcome)).code).to.equal('token_invalid');
      }
    });

    it('accepts the tokens of several clients', async () => {
      const clientId = ['other', tokens.cognito.clientId];
      expect(await verify({ clientId }, tokens.cognitoAccess('a'))).to.include({ sub: 'a' });
    });
  });
});
