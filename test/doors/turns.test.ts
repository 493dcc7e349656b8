import { expect } from 'chai';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { chatError, type ChatError } from '../../lib/errors.js';
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

  it('are not waited for through one outage after the other', async () => {
    const turns = createTurns(1);
    const away = (): Promise<never> => delay(600).then(() => Promise.reject(chatError('database_unavailable')));
    const first = turns.run(john, away).catch(codeOf);
    const long = turns.run(john, () => Promise.resolve('in turn')).catch(codeOf);
    await delay(300);
    const short = turns.run(john, () => Promise.resolve('in turn')).catch(codeOf);
    expect(await Promise.all([first, long, short])).to.deep.equal([
      'database_unavailable',
      'database_unavailable',
      'in turn',
    ]);
  });
});

function codeOf(error: unknown): unknown {
  return (error as ChatError).code;
}

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
