import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { inSlices } from '../lib/in-slices.js';
import { countTurns } from './support/count-turns.js';

const numbers = Array.from({ length: 50 }, (_, index) => index);

describe('a long list in slices', () => {
  it('has all results in order, whichever slice is done first', async () => {
    const results = await inSlices(numbers, 20, async (slice) => {
      await delay(slice.length);
      return slice.map(String);
    });
    expect(results).to.deep.equal(numbers.map(String));
  });

  it('has at most four slices that wait', async () => {
    let [waiting, most] = [0, 0];
    await inSlices(numbers, 1, async () => {
      most = Math.max(most, (waiting += 1));
      await delay(5);
      waiting -= 1;
      return [];
    });
    expect(most).to.equal(4);
  });

  it('lets others have their turn between two slices', async () => {
    const order: string[] = [];
    const done = inSlices(numbers, 25, async ([first]) => {
      order.push(`from ${first}`);
      setImmediate(() => order.push('others'));
      return [];
    });
    await done;
    expect(order).to.deep.equal(['from 0', 'others', 'from 25']);
  });

  it('has its turns for itself, of all long lists, and a short one waits for none', async () => {
    const turns = countTurns();
    const had: number[] = [];
    const one = () =>
      inSlices(numbers, 5, async () => {
        had.push(turns.soFar());
        return [];
      });
    const done = Promise.all([one(), one(), one()]);
    expect(await inSlices(numbers, 50, async (slice) => [slice.length, turns.soFar()])).to.deep.equal([50, 0]);
    await done;
    turns.stop();
    expect(new Set(had).size).to.equal(30);
  });

  it('fails with the first that fails, while others are still to come', async () => {
    const failure = await inSlices(numbers, 1, ([number]) => Promise.reject(new Error(`${number}`))).catch(String);
    expect(failure).to.equal('Error: 0');
  });
});
