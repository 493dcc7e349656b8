import { expect } from 'chai';
import sinon from 'sinon';
import type { ActorLookup, Claims, Issuer } from '../../lib/auth/issuer.js';
import { cognito } from '../../lib/auth/issuers/cognito.js';
import { django } from '../../lib/auth/issuers/django.js';
import { createTokenVerifier, type TokenVerifier } from '../../lib/auth/token-verifier.js';
import { ChatError, chatError } from '../../lib/errors.js';
import { people } from '../support/host-tables.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startTestTokens, type TestTokens } from '../support/tokens.js';
import { inSeconds, john, johnsToken, smith, smithsToken, type Mint } from './token-rows/token-row.js';
import { tokenTable } from './token-table.js';
import { startTrapServer, type TrapServer } from './trap-server.js';
import { refusal } from './refusal.js';

/** The people of the tests by their exact login. */
const lookup: ActorLookup = {
  findByLogin: async (type, login) =>
    Object.values(people).find((person) => person.type === type && person.login === login) ?? null,
};

describe('The token verifier', () => {
  let tokens: TestTokens;
  let trap: TrapServer;
  let mint: Mint;
  let issuers: readonly Issuer[];
  const log = recordingLogger();
  const opened: TokenVerifier[] = [];

  function open(options: Partial<Parameters<typeof createTokenVerifier>[0]> = {}): TokenVerifier {
    const verifier = createTokenVerifier({ issuers, lookup, logger: log, ...options });
    opened.push(verifier);
    return verifier;
  }

  before(async () => {
    tokens = await startTestTokens();
    trap = await startTrapServer();
    mint = { tokens, trapUrl: trap.url };
    issuers = [cognito(tokens.cognito), django(tokens.django)];
  });

  after(async () => {
    opened.forEach((verifier) => verifier.close());
    await Promise.all([tokens.close(), trap.close()]);
  });

  describe('on the table of good and bad tokens', () => {
    let remembering: TokenVerifier;
    let forgetting: TokenVerifier;

    before(() => {
      remembering = open({ cacheSize: 3 });
      forgetting = open({ cacheSize: 0 });
    });

    for (const { title, token, verdict } of tokenTable) {
      it(`${typeof verdict === 'string' ? 'refuses' : 'accepts'} ${title}`, async () => {
        const text = token(mint);
        for (const verifier of [forgetting, remembering, remembering]) {
          const outcome = verifier.authenticate(text);
          if (typeof verdict === 'string') expect((await refusal(outcome)).code).to.equal(verdict);
          else expect((await outcome).actor).to.deep.equal(verdict);
        }
      });
    }

    it('is the same whatever else a caller of plain JavaScript hands in', async () => {
      for (const nonsense of [undefined, null, 1, {}, [smithsToken(mint)], new String(smithsToken(mint))]) {
        expect((await refusal(remembering.authenticate(nonsense as string))).code).to.equal('token_invalid');
      }
    });

    after('it was lured nowhere, and said nothing of any token in the log', () => {
      expect(trap.visits).to.equal(0);
      const logged = JSON.stringify(log.lines);
      for (const secret of ['eyJ', tokens.django.secret, people.john.login]) expect(logged).not.to.include(secret);
    });
  });

  describe('saying who it is', () => {
    it('tells the person, the expiry and the issuer of each kind of token', async () => {
      const exp = inSeconds(90);
      const verifier = open();
      expect(await verifier.authenticate(johnsToken(mint, { claims: { exp } }))).to.deep.include({
        actor: john,
        expiresAt: exp,
        issuer: 'cognito',
      });
      expect(await verifier.authenticate(smithsToken(mint, { claims: { exp } }))).to.deep.include({
        actor: smith,
        expiresAt: exp,
        issuer: 'django',
      });
    });

    it('tells of the expiry what the clock tolerance makes of it', async () => {
      const exp = inSeconds(-5);
      const tolerant = open({ issuers: [cognito({ ...mint.tokens.cognito, clockToleranceSeconds: 30 })] });
      const { expiresAt } = await tolerant.authenticate(johnsToken(mint, { claims: { exp } }));
      expect(expiresAt).to.equal(exp + 30);
    });

    it('hands out nothing of a person but type and id', async () => {
      const { actor } = await open().authenticate(johnsToken(mint));
      expect(Object.keys(actor)).to.have.members(['type', 'id']);
    });

    const mappings: Record<string, unknown> = {
      null: null,
      undefined: undefined,
      'a type that does not exist': { type: 'admin', id: 1 },
      'an id that is text': { type: 'dentist', id: '1' },
      'an id that is 0': { type: 'dentist', id: 0 },
      'a bare id': 1,
    };
    for (const [what, result] of Object.entries(mappings)) {
      it(`is actor_unknown when the issuer maps the claims to ${what}`, async () => {
        const mapped = django({ ...tokens.django, actor: () => result as null });
        const error = await refusal(open({ issuers: [mapped] }).authenticate(smithsToken(mint)));
        expect(error.code).to.equal('actor_unknown');
      });
    }

    it('is 503 when the directory cannot be reached', async () => {
      const findByLogin = (): never => {
        throw chatError('directory_unavailable');
      };
      const error = await refusal(open({ lookup: { findByLogin } }).authenticate(smithsToken(mint)));
      expect(error).to.include({ code: 'directory_unavailable', status: 503 });
    });

    it('lets the error of a faulty mapping through as it is', async () => {
      const fault = new TypeError('a bug of the host');
      const faulty = django({ ...tokens.django, actor: () => Promise.reject(fault) });
      const outcome = await open({ issuers: [faulty] })
        .authenticate(smithsToken(mint))
        .catch((error: unknown) => error);
      expect(outcome).to.equal(fault);
    });

    it('is 503 when the issuer does not say in time who it is', async () => {
      const hanging = django({ ...tokens.django, actor: () => new Promise(() => undefined) });
      const verifier = open({ issuers: [hanging], actorTimeoutMs: 10 });
      const error = await refusal(verifier.authenticate(smithsToken(mint)));
      expect(error).to.include({ code: 'directory_unavailable', status: 503 });
      expect(error.cause).to.be.an('error').with.property('message').that.includes('django');
    });

    it('asks who it is each time, since a person may go before their token does', async () => {
      const findByLogin = sinon.stub<Parameters<ActorLookup['findByLogin']>>();
      findByLogin.onFirstCall().resolves(smith).onSecondCall().resolves(null);
      const verifier = open({ lookup: { findByLogin } });
      const token = smithsToken(mint);
      expect((await verifier.authenticate(token)).actor).to.deep.equal(smith);
      expect((await refusal(verifier.authenticate(token))).code).to.equal('actor_unknown');
    });
  });

  describe('remembering tokens', () => {
    it('checks the signature once', async () => {
      const check = sinon.spy(issuers[1] as Issuer, 'check');
      try {
        const verifier = open();
        const token = smithsToken(mint);
        await verifier.verifyToken(token);
        await verifier.verifyToken(token);
        expect(check.callCount).to.equal(1);
      } finally {
        check.restore();
      }
    });

    it('never outlives exp', async () => {
      let now = Date.now();
      const verifier = open({ now: () => now });
      const exp = Math.ceil(now / 1_000) + 10;
      const token = smithsToken(mint, { claims: { exp } });
      await verifier.verifyToken(token);
      now = exp * 1_000 - 1;
      await verifier.verifyToken(token);
      now = exp * 1_000;
      expect((await refusal(verifier.verifyToken(token))).code).to.equal('token_expired');
    });

    it('looks at nbf again when the clock is set back', async () => {
      let now = Date.now();
      const verifier = open({ now: () => now });
      const token = smithsToken(mint, { claims: { nbf: inSeconds(-1) } });
      await verifier.verifyToken(token);
      now -= 60_000;
      expect((await refusal(verifier.verifyToken(token))).code).to.equal('token_invalid');
    });

    it('keeps to the tolerance that the issuer was given', async () => {
      let now = Date.now();
      const tolerant = django({ ...tokens.django, clockToleranceSeconds: 30 });
      const verifier = open({ issuers: [tolerant], now: () => now });
      const exp = Math.ceil(now / 1_000) + 10;
      const token = smithsToken(mint, { claims: { exp } });
      for (const [seconds, accepted] of [
        [0, true],
        [29.9, true],
        [30, false],
        [29, true],
      ] as const) {
        now = (exp + seconds) * 1_000;
        const outcome = await verifier.verifyToken(token).then(
          () => true,
          () => false,
        );
        expect(outcome, `${seconds} s after exp`).to.equal(accepted);
      }
    });

    it('takes two tokens with the same claims for two', async () => {
      const verifier = open();
      const token = smithsToken(mint);
      await verifier.verifyToken(token);
      expect((await refusal(verifier.verifyToken(`${token.slice(0, -2)}AA`))).code).to.equal('token_invalid');
    });

    it('forgets a token when its key is withdrawn', async () => {
      const own = await startTestTokens();
      let closing: (() => void) | undefined;
      try {
        const pool = cognito({ ...own.cognito, jwks: { requestsPerMinute: 600 } });
        const verifier = createTokenVerifier({ issuers: [pool], lookup, logger: log });
        closing = () => verifier.close();
        const token = own.cognitoAccess(people.john.login);
        await verifier.verifyToken(token);
        own.jwks.rotate();
        own.jwks.withdraw();
        // A token of the new key brings the new set.
        await verifier.verifyToken(own.cognitoAccess(people.john.login));
        expect((await refusal(verifier.verifyToken(token))).code).to.equal('token_invalid');
      } finally {
        closing?.();
        await own.close();
      }
    });

    it('hands out claims that nobody can change for others', async () => {
      const { claims } = await open().verifyToken(smithsToken(mint, { claims: { groups: [{ name: 'a' }] } }));
      const [group] = claims['groups'] as [{ name: string }];
      expect(() => Object.assign(group, { name: 'b' })).to.throw(TypeError);
      expect(() => Object.assign(claims, { exp: 0 })).to.throw(TypeError);
    });
  });

  it('does nothing over the network before the first token, and stops with close()', async () => {
    const asked = tokens.jwks.fetches;
    const verifier = open();
    await verifier.authenticate(smithsToken(mint));
    expect(tokens.jwks.fetches).to.equal(asked);
    verifier.close();
    verifier.close();
    expect((await refusal(verifier.authenticate(johnsToken(mint)))).code).to.equal('shutting_down');
    expect(tokens.jwks.fetches).to.equal(asked);
  });

  it('gives the reason of a refusal to the log, and to nobody else', async () => {
    const error = await refusal(open().authenticate(tokens.djangoRefresh(905)));
    expect(error).to.be.instanceOf(ChatError);
    expect(error.toPublic()).to.deep.equal({ code: 'token_invalid', message: 'The token is not valid' });
    expect(log.lines.at(-1)).to.deep.include({ level: 'debug' });
    expect(log.lines.at(-1)?.fields['reason']).to.match(/token_type/);
  });

  it('tells a mapping the claims and how to find people', async () => {
    let seen: Claims | undefined;
    const mapped = django({
      ...tokens.django,
      actor: (claims, { findByLogin }) => {
        seen = claims;
        return findByLogin('dentist', String(claims['user_id']));
      },
    });
    expect((await open({ issuers: [mapped] }).authenticate(smithsToken(mint))).actor).to.deep.equal(smith);
    expect(seen).to.include({ token_type: 'access', user_id: 905 });
  });
});
