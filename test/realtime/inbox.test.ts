import { expect } from 'chai';
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

  it('passes over what no process has sent, and goes on after what cannot be passed on', () => {
    for (const text of ['', 'nonsense', 'a x [1]', 'a 1 [1', 'a 1 ["bad","good"]']) inbox.take(text);
    expect(received).to.deep.equal(['good']);
  });
});
