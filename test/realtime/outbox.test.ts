import { expect } from 'chai';
import { createOutbox } from '../../lib/realtime/outbox.js';
import { isLarge, readNotification, toNotification, type Parcel } from '../../lib/realtime/parcels.js';

describe('what a process says to the others', () => {
  let sent: Parcel[][];
  let answer: () => Promise<void>;
  let outbox: ReturnType<typeof createOutbox>;

  beforeEach(() => {
    sent = [];
    answer = () => Promise.resolve();
    outbox = createOutbox('me', (parcels) => {
      sent.push([...parcels]);
      return answer();
    });
  });

  const said = (): unknown[] => sent.flat().flatMap(({ payload }) => JSON.parse(payload) as unknown[]);

  it('goes out together: what comes while a statement runs waits for the next', async () => {
    let finish = (): void => undefined;
    answer = () => new Promise((resolve) => (finish = resolve));
    outbox.put('1');
    await new Promise(setImmediate);
    for (const message of ['2', '3', '4']) outbox.put(message);
    expect(sent).to.have.length(1);
    answer = () => Promise.resolve();
    finish();
    await outbox.close(1_000);
    expect(sent.map((parcels) => parcels.map(({ payload }) => payload))).to.deep.equal([['[1]'], ['[2,3,4]']]);
  });

  it('is said again under the same numbers when it is not known to have arrived', async () => {
    answer = () => Promise.reject(new Error('connection lost'));
    outbox.put('"once"');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    answer = () => Promise.resolve();
    outbox.put('"later"');
    outbox.resume();
    await outbox.close(1_000);
    expect(sent[1]).to.deep.equal(sent[0]);
    expect(sent.at(-1)?.[0]).to.include({ number: 2, payload: '["later"]' });
  });

  it('is dropped when too much waits, and a number with it, so that the others notice', async () => {
    answer = () => Promise.reject(new Error('connection lost'));
    const large = JSON.stringify('x'.repeat(1024 * 1024));
    outbox.put('"first"');
    await new Promise(setImmediate);
    for (let count = 0; count < 9; count += 1) outbox.put(large);
    answer = () => Promise.resolve();
    outbox.resume();
    await outbox.close(1_000);
    const numbers = sent.flat().map(({ number }) => number);
    expect(numbers.at(-1)).to.be.greaterThan(numbers[0] ?? 0);
    expect(new Set(numbers).has(2)).to.equal(false);
    expect(said().length).to.be.lessThan(10);
  });

  it('is given back at a close that cannot say it, as it would have been said', async () => {
    answer = () => Promise.reject(new Error('connection lost'));
    outbox.put('"under way"');
    await new Promise(setImmediate);
    outbox.put('"waiting"');
    await new Promise(setImmediate);
    const left = await outbox.close(1);
    expect(left.map(({ number, payload }) => [number, payload])).to.deep.equal([
      [1, '["under way"]'],
      [2, '["waiting"]'],
    ]);
  });

  it('fits notifications, in bytes and not in characters, and comes back as it was', async () => {
    const messages = ['ä'.repeat(3_900), 'b', '€'.repeat(5_000), '\n\u2028"'].map((text) => JSON.stringify(text));
    for (const message of messages) outbox.put(message);
    await outbox.close(1_000);
    const parcels = sent.flat();
    expect(said()).to.deep.equal(messages.map((message) => JSON.parse(message) as unknown));
    expect(parcels.map(isLarge)).to.deep.equal([false, true, false]);
    for (const parcel of parcels) {
      const notification = toNotification(parcel);
      expect(Buffer.byteLength(notification)).to.be.lessThan(8_000);
      const payload = isLarge(parcel) ? undefined : parcel.payload;
      expect(readNotification(notification)).to.deep.equal({ ...parcel, payload });
    }
  });
});
