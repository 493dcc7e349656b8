import { expect } from 'chai';
import sinon from 'sinon';
import { createClientLine, type ClientPool } from '../../lib/database/client-line.js';
import type { PooledClient } from '../../lib/database/pooled-client.js';

describe('those who wait for a connection of the pool', () => {
  let clock: sinon.SinonFakeTimers;
  let arrivals: ((client: PooledClient) => void)[];
  let released: PooledClient[];
  let pool: ClientPool;
  const [first, second] = [{}, {}] as PooledClient[] as [PooledClient, PooledClient];
  const timedOut = Object.assign(new Error('canceling statement'), { code: '57014' });

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    arrivals = [];
    released = [];
    pool = {
      getConnection: () => new Promise((resolve) => arrivals.push(resolve)),
      releaseConnection: (client) => void released.push(client),
      config: { pool: { max: 2 } },
    };
  });
  afterEach(() => clock.restore());

  const lineOf = () => createClientLine(pool, { acquireTimeoutMs: 4_000 } as never);

  /** Two hold the pool's clients since so long, and a third waits since so long. */
  async function threeAt(heldMs: readonly [number, number], waitedMs: number) {
    const line = lineOf();
    const outcome = { of: 'waits' };
    const events = [
      [heldMs[0], () => hold(first)],
      [heldMs[1], () => hold(second)],
      [waitedMs, wait],
    ] as const;
    async function hold(client: PooledClient): Promise<void> {
      const acquired = line.acquire(performance.now());
      arrivals.pop()?.(client);
      await acquired;
    }
    async function wait(): Promise<void> {
      void line.acquire(performance.now()).then(
        () => (outcome.of = 'served'),
        () => (outcome.of = 'refused'),
      );
    }
    const oldest = Math.max(...events.map(([ago]) => ago));
    for (const [ago, happen] of [...events].sort(([a], [b]) => b - a)) {
      await clock.tickAsync(oldest - ago - clock.now);
      await happen();
    }
    await clock.tickAsync(oldest - clock.now);
    return { line, outcome };
  }

  it('are refused with the first of statements that all run out of time', async () => {
    const { line, outcome } = await threeAt([4_000, 3_990], 3_000);
    line.failed(timedOut);
    await clock.tickAsync(0);
    expect(outcome.of).to.equal('refused');
    arrivals.shift()?.(first);
    await clock.tickAsync(0);
    expect(released).to.deep.equal([first]);
  });

  const goOn: Readonly<Record<string, readonly [[number, number], number, Error]>> = {
    'one of the others has only begun': [[4_000, 100], 3_000, timedOut],
    'they themselves have only come': [[4_000, 3_990], 100, timedOut],
    'it has failed otherwise': [[4_000, 3_990], 3_000, new Error('a constraint')],
  };
  for (const [where, [held, waited, error]] of Object.entries(goOn)) {
    it(`wait on where ${where}`, async () => {
      const { line, outcome } = await threeAt(held, waited);
      line.failed(error);
      line.release(first);
      arrivals.shift()?.(first);
      await clock.tickAsync(0);
      expect(outcome.of).to.equal('served');
      expect(released).to.deep.equal([first]);
    });
  }
});
