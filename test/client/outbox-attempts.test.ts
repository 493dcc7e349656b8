import { expect } from 'chai';
import { createOutbox, type Delivery } from '../../lib/client/outbox.js';
import { unreachable } from '../../lib/client/request-error.js';
import { emptySnapshot, type ClientSnapshot, type OutgoingMessage } from '../../lib/client/snapshot.js';
import { createStore } from '../../lib/client/store.js';
import type { Message } from '../../lib/wire.js';
import { swift } from './client-of.js';

describe('the outbox of the chat client tries', () => {
  const chatId = 7;

  /** An outbox that is online, and what it delivers. */
  function outboxOf(deliver: (message: OutgoingMessage, delivery: Delivery) => Promise<Message>) {
    const store = createStore<ClientSnapshot>({ ...emptySnapshot, connection: { status: 'online' } });
    const delivered: string[] = [];
    const outbox = createOutbox({
      ...{ store, timing: swift, isStillWanted: async () => true, onDelivered: () => undefined },
      deliver(message, delivery) {
        delivered.push(message.content);
        return deliver(message, delivery);
      },
    });
    outbox.drain();
    return { store, outbox, delivered };
  }

  it('nothing that was discarded at once', async () => {
    let done = (): void => undefined;
    const isDone = new Promise<void>((resolve) => (done = resolve));
    const { outbox, delivered } = outboxOf(async () => {
      done();
      throw unreachable();
    });
    const id = outbox.add(chatId, 'never', []);
    outbox.discard(id);
    const next = outbox.add(chatId, 'this', []);
    await isDone;
    outbox.discard(next);
    expect(delivered).to.deep.equal(['this']);
  });

  it('no message again that has arrived by its event, and goes on with the next', async () => {
    let done = (): void => undefined;
    const isDone = new Promise<void>((resolve) => (done = resolve));
    const { store, outbox, delivered } = outboxOf(async ({ content, clientMessageId }) => {
      if (content === 'next') {
        done();
        outbox.discard(clientMessageId);
      } else {
        store.update((snapshot) => ({ ...snapshot, outbox: snapshot.outbox.slice(1) }));
      }
      throw unreachable();
    });
    outbox.add(chatId, 'arrived', []);
    outbox.add(chatId, 'next', []);
    await isDone;
    expect(delivered).to.deep.equal(['arrived', 'next']);
  });
});
