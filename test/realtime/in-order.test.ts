import { expect } from 'chai';
import sinon from 'sinon';
import { createInOrder, type InOrder, type Placed } from '../../lib/realtime/in-order.js';
import { recordingLogger } from '../support/recording-logger.js';

const chatId = 7;

function message(id: number, previousId: number | null): Placed {
  return { chatId, id, previousId };
}

describe('the order of messages from several processes', () => {
  let clock: sinon.SinonFakeTimers;
  let passed: number[];
  let missed: number;
  /** What the database has; undefined while it is away. */
  let stored: Placed[] | undefined;
  let inOrder: InOrder<Placed>;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    passed = [];
    missed = 0;
    stored = [];
    inOrder = createInOrder({
      deliver: ({ id }) => passed.push(id),
      fetch: async (_chat, after, before) => {
        if (stored === undefined) throw new Error('away');
        return stored.filter(({ id }) => id > after && id < before);
      },
      missed: () => (missed += 1),
      logger: recordingLogger(),
    });
    inOrder.begin(0);
  });

  afterEach(() => {
    inOrder.close();
    clock.restore();
  });

  const take = (...messages: Placed[]): void => messages.forEach((one) => inOrder.take(one));

  it('is that of their ids, whichever is heard of first, and each passes once', () => {
    take(message(1, null), message(4, 3), message(3, 2));
    expect(passed).to.deep.equal([1]);
    take(message(2, 1), message(3, 2), message(1, null));
    expect(passed).to.deep.equal([1, 2, 3, 4]);
  });

  it('awaits the one before the first that is heard of a chat, when it is from after the start', async () => {
    take(message(10, 9));
    expect(passed).to.deep.equal([]);
    take(message(9, 8));
    await clock.tickAsync(300);
    expect(passed).to.deep.equal([9, 10]);
  });

  it('awaits those before that one, too: none of them has passed here', async () => {
    take(message(10, 9), message(9, 4));
    expect(passed).to.deep.equal([]);
    take(message(4, null));
    expect(passed).to.deep.equal([4, 9, 10]);
  });

  it('does not await what is from before the start: whoever is connected has it', () => {
    inOrder.begin(9);
    take(message(10, 9));
    expect(passed).to.deep.equal([10]);
  });

  it('keeps back what is from before the start, however late it is heard of, and goes on behind it', () => {
    inOrder.begin(9);
    take(message(9, 8), message(10, 9));
    expect(passed).to.deep.equal([10]);
  });

  it('is completed from the database when nobody announces what is missing', async () => {
    take(message(1, null), message(4, 3));
    stored = [message(1, null), message(2, 1), message(3, 2)];
    await clock.tickAsync(249);
    expect(passed).to.deep.equal([1]);
    await clock.tickAsync(1);
    expect(passed).to.deep.equal([1, 2, 3, 4]);
    take(message(2, 1)); // announced after all
    expect(passed).to.deep.equal([1, 2, 3, 4]);
  });

  it('waits while the database is away, and has sockets reconnect when it stays away', async () => {
    stored = undefined;
    take(message(1, null), message(3, 2));
    await clock.tickAsync(1_000);
    expect([passed, missed]).to.deep.equal([[1], 0]);
    stored = [message(2, 1)];
    await clock.tickAsync(250);
    expect(passed).to.deep.equal([1, 2, 3]);
    stored = undefined;
    take(message(5, 4));
    await clock.tickAsync(10_000);
    expect([passed, missed]).to.deep.equal([[1, 2, 3, 5], 1]);
  });

  it('knows what has not passed, for whoever doubts whether it was announced', () => {
    inOrder.begin(4);
    expect([4, 5].map((id) => inOrder.isMissing({ chatId, id }))).to.deep.equal([false, true]);
    take(message(5, 4), message(7, 6));
    expect([5, 6, 7, 8].map((id) => inOrder.isMissing({ chatId, id }))).to.deep.equal([false, true, false, true]);
  });
});
