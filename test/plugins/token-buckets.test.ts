import { expect } from 'chai';
import { createTokenBuckets, type TokenBuckets } from '../../lib/plugins/rate-limit/token-buckets.js';

describe('Token buckets', () => {
  let now: number;
  // One token a second.
  const open = (maxBuckets = 10): TokenBuckets =>
    createTokenBuckets({ perMinute: 60, burst: 3, maxBuckets, now: () => now });

  beforeEach(() => {
    now = 5;
  });

  it('give what they hold at once, and then say how long it takes', () => {
    const buckets = open();
    expect([1, 2, 3, 4].map(() => buckets.take('a', 1))).to.deep.equal([0, 0, 0, 1]);
  });

  it('fill up evenly, and never over the brim', () => {
    const buckets = open();
    for (let i = 0; i < 3; i += 1) buckets.take('a', 1);
    now += 1_500;
    expect(buckets.take('a', 1)).to.equal(0);
    expect(buckets.take('a', 1)).to.be.closeTo(0.5, 1e-9);
    now += 3_600_000;
    expect([1, 2, 3, 4].map(() => buckets.take('a', 1))).to.deep.equal([0, 0, 0, 1]);
  });

  it('take nothing for what they refuse', () => {
    const buckets = open();
    expect(buckets.take('a', 2)).to.equal(0);
    for (let i = 0; i < 10; i += 1) expect(buckets.take('a', 2)).to.equal(1);
    expect(buckets.take('a', 1)).to.equal(0);
  });

  it('are one for each name', () => {
    const buckets = open();
    for (let i = 0; i < 4; i += 1) buckets.take('a', 1);
    expect(buckets.take('b', 3)).to.equal(0);
  });

  it('take parts of a token', () => {
    const buckets = open();
    for (let i = 0; i < 6; i += 1) expect(buckets.take('a', 0.5)).to.equal(0);
    expect(buckets.take('a', 0.5)).to.be.closeTo(0.5, 1e-9);
  });

  it('are forgotten once they are full again', () => {
    const buckets = open();
    buckets.take('a', 3);
    now += 2_999;
    buckets.take('b', 1);
    expect(buckets.size).to.equal(2);
    now += 1;
    buckets.take('c', 1);
    expect(buckets.size).to.equal(2);
  });

  it('are bounded in number, the least recently used forgotten first', () => {
    const buckets = open(2);
    buckets.take('a', 3);
    buckets.take('b', 3);
    buckets.take('a', 1);
    buckets.take('c', 3);
    expect(buckets.size).to.equal(2);
    expect(buckets.take('a', 1), 'still empty').to.be.greaterThan(0);
    expect(buckets.take('b', 1), 'begun anew').to.equal(0);
  });
});
