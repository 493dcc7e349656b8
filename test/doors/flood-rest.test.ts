import { expect } from 'chai';
import sinon from 'sinon';
import { createFloodRest } from '../../lib/doors/flood-rest.js';

describe('the rest of a flood', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers()));
  afterEach(() => clock.restore());

  const rests = (tookMs: number, ...calls: number[]): number[] => {
    const rest = createFloodRest();
    rest.called();
    return calls.map((nth) => rest.after(tookMs, nth));
  };

  it('is five times what a call took, and doubles with every five calls once it is no haste any more', () => {
    expect(rests(10, 1, 10, 11, 15, 16, 35, 1_000)).to.deep.equal([50, 50, 100, 100, 200, 1_600, 1_600]);
  });

  it('is never none, and at most half a second, then four', () => {
    expect(rests(0, 1, 11)).to.deep.equal([2, 4]);
    expect(rests(1_000, 1, 11, 16, 21, 1_000)).to.deep.equal([500, 1_000, 2_000, 4_000, 4_000]);
  });

  it('is none where nobody else calls', () => {
    const rest = createFloodRest();
    expect(rest.after(10, 50)).to.equal(0);
    rest.called();
    clock.tick(100);
    expect(rest.after(10, 50)).to.equal(0);
  });
});
