import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import type { PersonRef } from '../../lib/index.js';
import { chatError, type ChatError } from '../../lib/errors.js';
import { createTurns } from '../../lib/doors/turns.js';

const john = { type: 'customer', id: 1 } as const;
const mary = { type: 'customer', id: 2 } as const;

describe('the turns of one person', () => {
  let clock: SinonFakeTimers;
  beforeEach(
    () => void (clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] })),
  );
  afterEach(() => clock.restore());

  it('are so many at once, and one while more than eight wait', async () => {
    const { begun, call, end } = calls(4);
    const all = Array.from({ length: 14 }, () => call(john));
    expect(begun).to.deep.equal([1, 2, 3, 4]);
    const seen: number[] = [];
    for (let done = 1; done <= 14; done += 1) {
      end(done);
      await clock.tickAsync(300);
      seen.push(begun.length - done);
    }
    await Promise.all(all);
    expect(begun).to.deep.equal(Array.from({ length: 14 }, (_, index) => index + 1));
    // Ten wait behind four: two begin one by one, and with eight left they are no flood any more.
    expect(seen).to.deep.equal([3, 2, 1, 1, 4, 4, 4, 4, 4, 4, 3, 2, 1, 0]);
  });

  it('are in order for whoever comes while others wait, too', async () => {
    const { begun, call, end } = calls(4);
    const all = Array.from({ length: 16 }, () => call(john));
    for (let done = 1; done <= 6; done += 1) {
      end(done);
      await clock.tickAsync(300);
      // As soon as one is answered the next is asked.
      all.push(call(john));
    }
    expect(begun).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    for (let done = 7; done <= 22; done += 1) {
      end(done);
      await clock.tickAsync(300);
    }
    await Promise.all(all);
    expect(begun).to.deep.equal(Array.from({ length: 22 }, (_, index) => index + 1));
  });

  it('pass nobody whose turn it is, and who begins in a moment', async () => {
    const { begun, call, end } = calls(4);
    const all = Array.from({ length: 5 }, () => call(john));
    for (const done of [1, 2, 3, 4]) end(done);
    await settle();
    all.push(call(john));
    await clock.tickAsync(1);
    expect(begun).to.deep.equal([1, 2, 3, 4, 5, 6]);
    for (const done of [5, 6]) end(done);
    await Promise.all(all);
  });

  it('are a flood that rests, five times as long as its calls take, while others call', async () => {
    const { begun, call, end } = calls(1);
    const all = Array.from({ length: 12 }, () => call(john));
    await clock.tickAsync(20);
    const hers = call(mary);
    end(1);
    await clock.tickAsync(99);
    expect(begun).to.deep.equal([1, 13]);
    await clock.tickAsync(1);
    expect(begun).to.deep.equal([1, 13, 2]);
    // Nobody else calls any more.
    await clock.tickAsync(100);
    end(2);
    await clock.tickAsync(0);
    expect(begun).to.deep.equal([1, 13, 2, 3]);
    for (const number of [13, ...Array.from({ length: 10 }, (_, index) => index + 3)]) {
      end(number);
      await clock.tickAsync(1);
    }
    await Promise.all([...all, hers]);
  });

  it('rest longer the sooner, the more their calls are worth', async () => {
    const restsOf = async (worth?: () => number): Promise<number[]> => {
      const turns = createTurns(1);
      const begun: number[] = [];
      const work = async (): Promise<void> => {
        begun.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 10));
      };
      for (let i = 0; i < 13; i += 1) void turns.run(john, work, worth);
      // Somebody else calls all the time.
      while (begun.length < 4) {
        void turns.run(mary, () => Promise.resolve());
        await clock.tickAsync(10);
      }
      return begun.slice(1).map((at, index) => at - 10 - (begun[index] ?? 0));
    };
    expect(await restsOf()).to.deep.equal([50, 50, 50]);
    expect(await restsOf(() => 10)).to.deep.equal([50, 200, 800]);
  });

  it('come one after the other however they end, and are nobody else’s', async () => {
    const turns = createTurns(1);
    const all = [
      turns.run(john, () => Promise.reject(new Error('no'))).catch(String),
      turns.run(john, () => Promise.resolve('next')),
      turns.run(mary, () => Promise.resolve('hers')),
    ];
    await clock.tickAsync(1);
    expect(await Promise.all(all)).to.deep.equal(['Error: no', 'next', 'hers']);
  });

  it('are nobody’s for longer than five seconds, for a number of calls that is bounded', async () => {
    const { begun, call, end } = calls(1);
    const all = Array.from({ length: 6 }, () => call(john));
    await clock.tickAsync(4_999);
    expect(begun).to.deep.equal([1]);
    for (const expected of [
      [1, 2],
      [1, 2, 3],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]) {
      await clock.tickAsync(5_001);
      expect(begun).to.deep.equal(expected);
    }
    // Four have given up their places. The end of one of them is no place; that of the fifth is.
    end(1);
    await clock.tickAsync(1);
    expect(begun).to.deep.equal([1, 2, 3, 4, 5]);
    end(5);
    await clock.tickAsync(1);
    expect(begun).to.deep.equal([1, 2, 3, 4, 5, 6]);
    for (const done of [2, 3, 4, 6]) end(done);
    await Promise.all(all);
  });

  it('are not waited for through one outage after the other', async () => {
    const turns = createTurns(1);
    const away = (): Promise<never> =>
      new Promise((_, reject) => setTimeout(() => reject(chatError('database_unavailable')), 600));
    const first = turns.run(john, away).catch(codeOf);
    const long = turns.run(john, () => Promise.resolve('in turn')).catch(codeOf);
    await clock.tickAsync(300);
    const short = turns.run(john, () => Promise.resolve('in turn')).catch(codeOf);
    await clock.tickAsync(301);
    expect(await Promise.all([first, long, short])).to.deep.equal([
      'database_unavailable',
      'database_unavailable',
      'in turn',
    ]);
  });
});

/** Lets promises be, and no time pass. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

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
    call: (person: PersonRef) => {
      const number = (asked += 1);
      return turns.run(person, () => {
        begun.push(number);
        return new Promise<void>((resolve) => (ends[number] = resolve));
      });
    },
    /** Ends the call; whoever's turn it then is begins with the clock. */
    end(number: number): void {
      ends[number]?.();
    },
  };
}
