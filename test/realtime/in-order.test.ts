import { expect } from 'chai';
import sinon from 'sinon';
import { createInOrder, type InOrder, type Placed } from '../../lib/realtime/in-order.js';
import { recordingLogger } from '../support/recording-logger.js';

const started = '2026-01-01T12:00:00.000Z';
const at = (id: number): string => new Date(Date.parse(started) + id * 1_000).toISOString();
const chatId = 7;

/** The message `id`, told by a process that saw `previous` before it; later ids are younger. */
function message(id: number, previous: number | null): Placed {
  return { chatId, id, createdAt: at(id), previous: { id: previous, at: at(previous ?? 0) } };
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
    inOrder.begin(started);
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

  it('does not wait for what one statement has written together', () => {
    take(message(1, null), message(2, null), message(5, 2), message(6, 2));
    expect(passed).to.deep.equal([1, 2, 5, 6]);
  });

  it('awaits the one before the first that is heard of a chat, when it is from after the start', async () => {
    take(message(10, 9));
    expect(passed).to.deep.equal([]);
    take(message(9, 8));
    await clock.tickAsync(300);
    expect(passed).to.deep.equal([9, 10]);
  });

  it('does not await what is from before the start: whoever is connected has it', () => {
    take({ ...message(10, 9), previous: { id: 9, at: started } });
    expect(passed).to.deep.equal([10]);
  });

  it('keeps back what is from before the start, however late it is heard of, and goes on behind it', async () => {
    const old = { ...message(9, 8), createdAt: started, previous: { id: 8, at: started } };
    take(old, message(10, 9));
    expect(passed).to.deep.equal([10]);
    // The chat was closed and opened again since its last message: its activity is younger than that.
    const other = { chatId: 8, id: 30, createdAt: started, previous: { id: null, at: started } };
    stored = [other];
    take({ ...message(31, 30), chatId: 8 });
    await clock.tickAsync(300);
    expect(passed).to.deep.equal([10, 31]);
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
    const old = { ...message(2, 1), createdAt: '2025-12-31T00:00:00.000Z' };
    expect(inOrder.isMissing(old)).to.equal(false);
    expect(inOrder.isMissing(message(3, 2))).to.equal(true);
    take(message(1, null), message(3, 2));
    expect([1, 2, 3, 4].map((id) => inOrder.isMissing(message(id, id - 1)))).to.deep.equal([false, true, false, true]);
  });
});
