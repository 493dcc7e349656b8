import { expect } from 'chai';
import sinon from 'sinon';
import { createStableUrls, type UrlLife } from '../../../lib/images/stores/stable-urls.js';

describe('URLs that stay the same for a while', () => {
  const ttlMs = 900_000;
  const windowMs = ttlMs / 2;

  function urls(startMs = 1_000_000_000_000) {
    const clock = { nowMs: startMs };
    const sign = sinon.spy((key: string, _type: string, { signedAtMs }: UrlLife) => `${key}@${signedAtMs}`);
    return { clock, sign, urlFor: createStableUrls({ urlTtlSeconds: ttlMs / 1_000, now: () => clock.nowMs, sign }) };
  }

  it('are signed once in a window', () => {
    const { clock, sign, urlFor } = urls();
    const changes = new Set<string>();
    for (let ms = 0; ms < 4 * windowMs; ms += 1_000) {
      clock.nowMs += 1_000;
      changes.add(urlFor('images/a', 'image/jpeg') as string);
    }
    expect(changes.size).to.be.within(4, 5);
    expect(sign.callCount).to.equal(changes.size);
  });

  it('live for their time at least, and at most for half as long again', () => {
    const { clock, sign, urlFor } = urls();
    for (let i = 0; i < 500; i += 1) {
      clock.nowMs += 77_777;
      void urlFor(`images/${i}`, 'image/jpeg');
      const { signedAtMs, expiresAtMs } = sign.lastCall.args[2];
      expect(signedAtMs).to.be.within(clock.nowMs - windowMs, clock.nowMs);
      expect(expiresAtMs - clock.nowMs).to.be.within(ttlMs, ttlMs + windowMs);
      expect([signedAtMs % 1_000, expiresAtMs % 1_000]).to.deep.equal([0, 0]);
    }
  });

  it('do not all change in the same second', () => {
    const { sign, urlFor } = urls();
    for (let i = 0; i < 200; i += 1) void urlFor(`images/${i}`, 'image/jpeg');
    expect(new Set(sign.args.map(([, , { signedAtMs }]) => signedAtMs)).size).to.be.greaterThan(50);
  });

  it('are another URL for another type', () => {
    const { sign, urlFor } = urls();
    void urlFor('images/a', 'image/jpeg');
    void urlFor('images/a', 'image/webp');
    expect(sign.callCount).to.equal(2);
  });

  it('are signed again after a failure', async () => {
    const sign = sinon.stub<[string, string, UrlLife], Promise<string>>();
    sign.onFirstCall().rejects(new Error('no credentials')).onSecondCall().resolves('signed');
    const urlFor = createStableUrls({ urlTtlSeconds: 900, now: () => 0, sign });
    expect(await Promise.resolve(urlFor('a', 'b')).catch((error: Error) => error.message)).to.equal('no credentials');
    expect([await urlFor('a', 'b'), await urlFor('a', 'b'), sign.callCount]).to.deep.equal(['signed', 'signed', 2]);
  });
});
