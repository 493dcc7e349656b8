import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { inSlices } from '../lib/in-slices.js';

const numbers = Array.from({ length: 50 }, (_, index) => index);

describe('a long list in slices', () => {
  it('has all results in order, whichever slice is done first', async () => {
    const results = await inSlices(numbers, 20, async (slice) => {
      await delay(slice.length);
      return slice.map(String);
    });
    expect(results).to.deep.equal(numbers.map(String));
  });

  it('has at most twenty slices that wait', async () => {
    let [waiting, most] = [0, 0];
    await inSlices(numbers, 1, async () => {
      most = Math.max(most, (waiting += 1));
      await delay(5);
      waiting -= 1;
      return [];
    });
    expect(most).to.equal(20);
  });

  it('lets others have their turn between two slices', async () => {
    const order: string[] = [];
    const done = inSlices(numbers, 25, async ([first]) => {
      order.push(`from ${first}`);
      return [];
    });
    setImmediate(() => order.push('others'));
    await done;
    expect(order).to.deep.equal(['from 0', 'others', 'from 25']);
  });

  it('fails with the first that fails, while others are still to come', async () => {
    const failure = await inSlices(numbers, 1, ([number]) => Promise.reject(new Error(`${number}`))).catch(String);
    expect(failure).to.equal('Error: 0');
  });
});
