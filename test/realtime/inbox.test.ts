import { expect } from 'chai';
import sinon from 'sinon';
import { createInbox } from '../../lib/realtime/inbox.js';
import { recordingLogger } from '../support/recording-logger.js';

describe('what other processes say', () => {
  const stored = new Map<string, string>();
  let received: unknown[];
  let missed: number;
  let inbox: ReturnType<typeof createInbox>;

  beforeEach(() => {
    stored.clear();
    received = [];
    missed = 0;
    inbox = createInbox({
      fetch: async (sender, number) => stored.get(`${sender} ${number}`),
      received: (message) => {
        if (message === 'bad') throw new Error('cannot be passed on');
        received.push(message);
      },
      missed: () => (missed += 1),
      logger: recordingLogger(),
    });
  });

  it('is heard in order, each once, however often it is repeated', () => {
    for (const text of ['a 7 ["one","two"]', 'b 1 [1]', 'a 7 ["one","two"]', 'a 8 ["three"]', 'a 7 ["one"]'])
      inbox.take(text);
    expect(received).to.deep.equal(['one', 'two', 1, 'three']);
    expect(missed).to.equal(0);
  });

  it('waits for what must be fetched before what came after it', async () => {
    stored.set('a 1', '["large"]');
    inbox.take('a 1');
    inbox.take('a 2 ["small"]');
    expect(received).to.deep.equal([]);
    await new Promise(setImmediate);
    expect(received).to.deep.equal(['large', 'small']);
  });

  it('is missed when a number is left out, or what must be fetched is gone', async () => {
    inbox.take('a 1 ["one"]');
    inbox.take('a 3 ["three"]');
    expect(missed).to.equal(1);
    inbox.take('a 4');
    await new Promise(setImmediate);
    expect(missed).to.equal(2);
    expect(received).to.deep.equal(['one', 'three']);
  });

  describe('after a loss of the connection', () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(() => (clock = sinon.useFakeTimers()));
    afterEach(() => clock.restore());

    const loseFor = (ms: number): void => {
      inbox.lost();
      clock.tick(ms);
      inbox.regained();
    };

    it('is missed where somebody who was there is not heard again', () => {
      inbox.take('a 1 ["one"]');
      inbox.take('b 1 []');
      loseFor(60_000);
      inbox.take('b 2 []');
      clock.tick(4_999);
      expect(missed).to.equal(0);
      clock.tick(1);
      expect(missed).to.equal(1);
    });

    it('is not where everybody is, nor for somebody who ended long before', () => {
      inbox.take('gone 1 []');
      clock.tick(20_001);
      inbox.take('a 1 ["one"]');
      loseFor(1_000);
      inbox.take('a 2 []');
      loseFor(1_000);
      inbox.take('a 3 ["three"]');
      clock.tick(60_000);
      expect(missed).to.equal(0);
      expect(received).to.deep.equal(['one', 'three']);
    });

    it('is not where somebody has said farewell, who may repeat it', () => {
      inbox.take('a 1 ["one","farewell"]');
      inbox.take('a 1 ["one","farewell"]');
      loseFor(1_000);
      clock.tick(60_000);
      expect(missed).to.equal(0);
      expect(received).to.deep.equal(['one']);
    });

    it('is missed where somebody came meanwhile, and not where they come now', () => {
      loseFor(1_000);
      inbox.take('now 1 ["first"]');
      expect(missed).to.equal(0);
      inbox.take('meanwhile 2 ["second"]');
      expect(missed).to.equal(1);
      expect(received).to.deep.equal(['first', 'second']);
    });

    it('is not missed any more once nobody listens', () => {
      inbox.take('a 1 []');
      loseFor(1_000);
      inbox.close();
      clock.tick(60_000);
      expect(missed).to.equal(0);
    });
  });

  it('passes over what no process has sent, and goes on after what cannot be passed on', () => {
    for (const text of ['', 'nonsense', 'a x [1]', 'a 1 [1', 'a 1 ["bad","good"]']) inbox.take(text);
    expect(received).to.deep.equal(['good']);
  });
});
