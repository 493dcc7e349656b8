import { expect } from 'chai';
import { randomSource } from '../support/random.js';
import { attackTarget } from './attack-target.js';
import { startTarget, type Target } from './target.js';

describe('a host under attack', () => {
  let target: Target;
  before(async () => {
    target = await startTarget();
  });
  after(function () {
    // Nothing that an attack left behind keeps the process once the module is closed.
    this.timeout(10_000);
    return target.stop();
  });

  // A sample of `npm run test:hostile`.
  it('lives, answers none of 600 hostile inputs with a failure, and gives back to the byte what it took', async function () {
    this.timeout(60_000);
    const seed = Number(randomSource().seed.split('=')[1]);
    const { faults, accepted } = await attackTarget(target, 600, seed);
    expect(faults, `TEST_SEED=${seed}`).to.deep.equal([]);
    expect(accepted).to.be.greaterThan(0);
  });
});
