import { once } from 'node:events';
import { expect } from 'chai';
import sinon from 'sinon';
import type { TokenHeader } from '../../../lib/auth/issuer.js';
import { fetchJson } from '../../../lib/auth/keys/fetch-json.js';
import { JwksKeys, type JwksKeysOptions } from '../../../lib/auth/keys/jwks-keys.js';
import { startJwksServer, type JwksMood, type JwksServer } from '../../support/jwks-server.js';
import type { SigningKey } from '../../support/jws.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { refusal } from '../refusal.js';

const settings = { refreshSeconds: 600, outageSeconds: 86_400, requestsPerMinute: 10, timeoutMs: 5_000 };
const day = 86_400_000;

/** An endpoint in memory: its keys, or undefined when there is no answer. */
interface Endpoint {
  published: readonly SigningKey[] | undefined;
  fetches: number;
}

function jwksOf(published: readonly SigningKey[]): object {
  return { keys: published.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid })) };
}

describe('The keys of a JWKS endpoint', () => {
  let server: JwksServer;
  let log: ReturnType<typeof recordingLogger>;
  let now: number;
  let keys: JwksKeys;

  function open(options: Partial<JwksKeysOptions> = {}): JwksKeys {
    const fetchJwks = (signal: AbortSignal): Promise<unknown> => fetchJson(server.url, signal);
    keys = new JwksKeys({ ...settings, issuer: 'pool', logger: log, fetchJwks, now: () => now, ...options });
    return keys;
  }

  /** Opens the keys with a clock that stands still, and an endpoint in memory: a real one has timers of its own. */
  function withoutNetwork(): { clock: sinon.SinonFakeTimers; endpoint: Endpoint } {
    const endpoint: Endpoint = { published: [server.current], fetches: 0 };
    const fetchJwks = async (): Promise<unknown> => {
      endpoint.fetches += 1;
      return endpoint.published && jwksOf(endpoint.published);
    };
    open({ fetchJwks });
    return { clock: sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }), endpoint };
  }

  const header = (kid = server.current.kid): TokenHeader => ({ alg: 'RS256', kid });
  const codeOf = async (kid?: string): Promise<string> => (await refusal(keys.keyFor(header(kid)))).code;

  beforeEach(async () => {
    server = await startJwksServer();
    log = recordingLogger();
    now = 1_000_000;
  });

  afterEach(async () => {
    keys.close();
    await server.close();
  });

  it('are fetched with the first token, and once for all who wait', async () => {
    open();
    expect(server.fetches).to.equal(0);
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.keyFor(header())));
    expect(found[0]?.equals(server.current.publicKey)).to.equal(true);
    expect(new Set(found).size).to.equal(1);
    expect(server.fetches).to.equal(1);
    await keys.keyFor(header());
    expect(server.fetches).to.equal(1);
  });

  describe('when they rotate', () => {
    it('are found by one more fetch, and the ones before stay', async () => {
      open();
      const old = header();
      const oldKey = await keys.keyFor(old);
      server.rotate();
      const found = await Promise.all(Array.from({ length: 50 }, () => keys.keyFor(header())));
      expect(found[0]?.equals(server.current.publicKey)).to.equal(true);
      expect(server.fetches).to.equal(2);
      expect(await keys.keyFor(old), 'the same object').to.equal(oldKey);
      expect(keys.isCurrent(oldKey, old)).to.equal(true);
    });

    it('are found even right after somebody asked for keys that do not exist', async () => {
      open();
      await codeOf('nobody');
      await codeOf('nobody else');
      server.rotate();
      await keys.keyFor(header());
    });

    it('are gone once they are withdrawn and another key was asked for', async () => {
      open();
      const old = header();
      const oldKey = await keys.keyFor(old);
      server.rotate();
      server.withdraw();
      await keys.keyFor(header());
      expect(keys.isCurrent(oldKey, old)).to.equal(false);
      expect(await codeOf(old.kid)).to.equal('token_invalid');
    });

    it('are gone after ten minutes when nobody asks for another key', async () => {
      const { clock, endpoint } = withoutNetwork();
      try {
        const old = header();
        const oldKey = await keys.keyFor(old);
        endpoint.published = [server.rotate()];
        clock.tick(599_999);
        expect(endpoint.fetches).to.equal(1);
        expect(keys.isCurrent(oldKey, old)).to.equal(true);
        clock.tick(1);
        expect(endpoint.fetches).to.equal(2);
        await keys.keyFor(header()); // waits for that fetch
        expect(endpoint.fetches).to.equal(2);
        expect(keys.isCurrent(oldKey, old)).to.equal(false);
      } finally {
        clock.restore();
      }
    });

    it('are gone when the issuer publishes none at all', async () => {
      let published: object = { keys: [{ ...server.current.publicKey.export({ format: 'jwk' }), kid: 'only' }] };
      open({ fetchJwks: async () => published });
      const key = await keys.keyFor(header('only'));
      published = { keys: [] };
      expect(await codeOf('other')).to.equal('token_invalid');
      expect(keys.isCurrent(key, header('only'))).to.equal(false);
      expect(log.lines, 'no outage').to.deep.equal([]);
    });
  });

  const outages: readonly JwksMood[] = ['down', 'failing', 'garbled', 'hanging'];
  for (const mood of outages) {
    describe(`when the endpoint is ${mood}`, () => {
      // The good answers come from memory here: no slow machine makes them miss the deadline that the hanging ones need.
      const openHere = (): JwksKeys =>
        open({
          timeoutMs: mood === 'hanging' ? 300 : 5_000,
          fetchJwks: async (signal) =>
            server.mood === 'up' ? jwksOf([server.current]) : fetchJson(server.url, signal),
        });

      it('are issuer_unavailable while none were ever had, and then there at once', async () => {
        openHere();
        server.mood = mood;
        const error = await refusal(keys.keyFor(header()));
        expect(error).to.include({ code: 'issuer_unavailable', status: 503 });
        expect(error.retryAfterSeconds).to.be.greaterThan(0);
        server.mood = 'up';
        await keys.keyFor(header());
      });

      it('are the last known ones, for a day', async () => {
        openHere();
        const key = await keys.keyFor(header());
        server.mood = mood;
        expect(await codeOf('new'), 'an unknown one cannot be told').to.equal('issuer_unavailable');
        now += day;
        expect(await keys.keyFor(header())).to.equal(key);
        expect(keys.isCurrent(key, header())).to.equal(true);
        now += 1;
        expect(keys.isCurrent(key, header())).to.equal(false);
        expect(await codeOf()).to.equal('issuer_unavailable');
        server.mood = 'up';
        expect(await keys.keyFor(header()), 'the same object').to.equal(key);
      });
    });
  }

  it('say once that an outage began, and once that it ended', async () => {
    open();
    server.mood = 'down';
    await codeOf();
    await codeOf();
    server.mood = 'up';
    await keys.keyFor(header());
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).to.deep.equal([
      'warn: The signing keys cannot be fetched',
      'info: The signing keys can be fetched again',
    ]);
    expect(log.lines[0]?.fields).to.include({ issuer: 'pool' });
  });

  it('are tried again in the background during an outage', async () => {
    const { clock, endpoint } = withoutNetwork();
    try {
      const { published } = endpoint;
      endpoint.published = undefined;
      await codeOf();
      endpoint.published = published;
      clock.tick(1_999);
      expect(endpoint.fetches).to.equal(1);
      clock.tick(1);
      expect(endpoint.fetches).to.equal(2);
      await keys.keyFor(header()); // waits for that fetch
      expect(endpoint.fetches).to.equal(2);
    } finally {
      clock.restore();
    }
  });

  it('verify known tokens while a fetch for an unknown one hangs', async () => {
    let fetches = 0;
    const fetchJwks = (signal: AbortSignal): Promise<unknown> => {
      fetches += 1;
      return fetches === 1 ? fetchJson(server.url, signal) : once(signal, 'abort').then(() => null);
    };
    open({ fetchJwks });
    const key = await keys.keyFor(header());
    const waiting = Promise.all(Array.from({ length: 100 }, (_, i) => codeOf(`made up ${i}`)));
    expect(await keys.keyFor(header())).to.equal(key);
    keys.close();
    expect(new Set(await waiting)).to.deep.equal(new Set(['shutting_down']));
    expect(fetches).to.equal(2);
  });

  describe('in a flood of made-up kids', () => {
    const flood = async (from: number): Promise<void> => {
      for (let i = from; i < from + 500; i += 1) expect(await codeOf(`made up ${i}`)).to.equal('token_invalid');
    };

    it('are fetched ten times at once and ten times a minute, and serve known tokens', async () => {
      open();
      const key = await keys.keyFor(header());
      await flood(0);
      expect(server.fetches).to.equal(10);
      now += 60_000;
      await flood(1_000);
      expect(server.fetches).to.equal(20);
      expect(await keys.keyFor(header())).to.equal(key);
    });

    it('are fetched once for all who come together', async () => {
      open();
      await keys.keyFor(header());
      await Promise.all(Array.from({ length: 500 }, (_, i) => codeOf(`made up ${i}`)));
      expect(server.fetches).to.equal(2);
    });

    it('still rotate within seconds', async () => {
      open();
      await flood(0);
      server.rotate();
      expect(await codeOf(server.current.kid)).to.equal('token_invalid');
      now += 6_000;
      await keys.keyFor(header());
    });

    it('are not fetched for a kid that was just asked for', async () => {
      open();
      await keys.keyFor(header());
      for (let i = 0; i < 100; i += 1) expect(await codeOf('nobody')).to.equal('token_invalid');
      expect(server.fetches).to.equal(2);
      now += 10_001;
      await codeOf('nobody');
      expect(server.fetches).to.equal(3);
    });

    it('do not ask a failing endpoint without end', async () => {
      open();
      server.mood = 'failing';
      for (let i = 0; i < 500; i += 1) expect(await codeOf(`made up ${i}`)).to.equal('issuer_unavailable');
      expect(server.fetches).to.equal(10);
      server.mood = 'up';
      now += 6_000;
      await keys.keyFor(header());
      server.rotate();
      await keys.keyFor(header()); // what was asked in vain does not count any more
    });
  });

  describe('after close()', () => {
    it('are fetched no more', async () => {
      const { clock, endpoint } = withoutNetwork();
      try {
        await keys.keyFor(header());
        await codeOf('nobody');
        expect(endpoint.fetches).to.equal(2);
        expect(clock.countTimers(), 'one, however often they were fetched').to.equal(1);
        keys.close();
        expect(clock.countTimers()).to.equal(0);
        expect(await codeOf('somebody')).to.equal('shutting_down');
        expect(endpoint.fetches).to.equal(2);
      } finally {
        clock.restore();
      }
    });

    it('leave no fetch in flight and say nothing', async () => {
      open();
      server.mood = 'hanging';
      const waiting = codeOf();
      keys.close();
      expect(await waiting).to.equal('shutting_down');
      expect(log.lines).to.deep.equal([]);
    });
  });
});
