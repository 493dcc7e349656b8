import { expect } from 'chai';
import { createTokenSource } from '../../lib/client/token-source.js';

describe('the tokens of the chat client', () => {
  const tokenUntil = (seconds: number): string =>
    `e30.${Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + seconds })).toString('base64url')}.c2ln`;

  /** Gives out these, one after the other, and counts. */
  function sourceOf(...tokens: string[]) {
    const refusals: (string | undefined)[] = [];
    const source = createTokenSource(
      async (refused) => {
        refusals.push(refused);
        return tokens[refusals.length - 1] ?? '';
      },
      1_000,
      async () => true,
    );
    return { source, refusals };
  }

  it('are asked for once, for all who wait for one', async () => {
    const { source, refusals } = sourceOf(tokenUntil(600));
    const [first, ...others] = await Promise.all([source.current(), source.current(), source.current()]);
    expect(others).to.deep.equal([first, first]);
    expect(refusals).to.deep.equal([undefined]);
  });

  it('are replaced once, for all who were refused the same one', async () => {
    const [old, fresh] = [tokenUntil(600), tokenUntil(1_200)];
    const { source, refusals } = sourceOf(old, fresh);
    await source.current();
    expect(await Promise.all([source.replace(old), source.replace(old)])).to.deep.equal([fresh, fresh]);
    expect(await source.replace(old)).to.equal(fresh);
    expect(refusals).to.deep.equal([undefined, old]);
  });

  it('are used until they are refused, where the clock says that they have ended: it is the clock that is wrong', async () => {
    const { source, refusals } = sourceOf(tokenUntil(-7_200));
    expect(await source.current()).to.equal(await source.current());
    expect(refusals).to.have.length(1);
  });

  for (const [said, give] of [
    ['it threw', () => Promise.reject(new Error('signed out'))],
    ['it was empty', () => ''],
    ['it was none at all', () => undefined as unknown as string],
    ['it never came', () => new Promise<string>(() => undefined)],
  ] as const) {
    it(`are asked for again after ${said}`, async () => {
      const good = tokenUntil(600);
      let asked = 0;
      const source = createTokenSource(
        () => (++asked === 1 ? give() : good),
        20,
        async () => true,
      );
      const outcome: unknown = await source.current().catch((error: unknown) => error);
      expect(outcome).to.include({ code: 'no_token', isTransient: true });
      expect(await source.current()).to.equal(good);
    });
  }
});
