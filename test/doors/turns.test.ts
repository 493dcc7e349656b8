import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { createTurns } from '../../lib/doors/turns.js';

const john = { type: 'customer', id: 1 } as const;
const mary = { type: 'customer', id: 2 } as const;

describe('the turns of one person', () => {
  it('are so many at once, and one while more than eight wait', async () => {
    const { begun, call, end } = calls(4);
    const all = Array.from({ length: 14 }, () => call(john));
    await setImmediate();
    expect(begun).to.deep.equal([1, 2, 3, 4]);
    const seen: number[] = [];
    for (let done = 1; done <= 14; done += 1) {
      await end(done);
      seen.push(begun.length - done);
    }
    await Promise.all(all);
    expect(begun).to.deep.equal(Array.from({ length: 14 }, (_, index) => index + 1));
    // Ten wait behind four: the next begins when nobody runs, and leaves nine; then they are no flood any more.
    expect(seen).to.deep.equal([3, 2, 1, 1, 4, 4, 4, 4, 4, 4, 3, 2, 1, 0]);
  });

  it('come one after the other however they end, and are nobody else’s', async () => {
    const turns = createTurns(1);
    const failed = turns.run(john, () => Promise.reject(new Error('no')));
    const next = turns.run(john, () => Promise.resolve('next'));
    const other = turns.run(mary, () => Promise.resolve('hers'));
    expect(await other).to.equal('hers');
    expect(await failed.catch(String)).to.equal('Error: no');
    expect(await next).to.equal('next');
  });
});

/** Calls with the numbers 1, 2, ..., which go on until they are ended. */
function calls(atOnce: number) {
  const turns = createTurns(atOnce);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  let asked = 0;
  return {
    begun,
    call: (person: typeof john) => {
      const number = (asked += 1);
      return turns.run(person, () => {
        begun.push(number);
        return new Promise<void>((resolve) => (ends[number] = resolve));
      });
    },
    /** Ends the call, and lets those begin whose turn it then is. */
    async end(number: number): Promise<void> {
      ends[number]?.();
      await setImmediate();
      await setImmediate();
    },
  };
}
