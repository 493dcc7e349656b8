import { expect } from 'chai';
import { emptyConversation } from '../../lib/client/conversation-state.js';
import { createOpenConversation } from '../../lib/client/open-conversation.js';
import type { Rest } from '../../lib/client/rest.js';
import { emptySnapshot, type ClientSnapshot } from '../../lib/client/snapshot.js';
import { createStore } from '../../lib/client/store.js';
import { defaultTiming } from '../../lib/client/timing.js';
import type { Message } from '../../lib/wire.js';

describe('an open conversation of the chat client', () => {
  const chatId = 7;
  const message = (id: number): Message => ({
    ...{ id, senderType: 'dentist', senderId: 5, content: `line ${id}`, imageUrls: [] },
    ...{ createdAt: '2026-11-22T10:00:00.000Z', isRead: false, readAt: null },
  });

  /** A conversation over a service that has these messages, and notes what it is asked for. */
  function openOver(messages: Message[]) {
    const asked: string[] = [];
    const store = createStore<ClientSnapshot>({
      ...emptySnapshot,
      connection: { status: 'online' },
      me: { type: 'customer', id: 1 },
      conversations: new Map([[chatId, emptyConversation(chatId)]]),
    });
    const get = async (path: string): Promise<unknown> => {
      const query = path.split('?')[1];
      if (query === undefined) return { id: chatId, status: 'active' };
      asked.push(query);
      const after = Number(new URLSearchParams(query).get('after') ?? 0);
      return { messages: messages.filter(({ id }) => id > after), hasMore: false, nextCursor: null };
    };
    const conversation = createOpenConversation(chatId, { store, rest: { get } as Rest, timing: defaultTiming });
    const ids = (): number[] =>
      store
        .get()
        .conversations.get(chatId)
        ?.messages.map(({ id }) => id) ?? [];
    return { conversation, store, asked, ids };
  }

  it('asks for all that followed the last page, not the last event: an event can overtake another', async () => {
    const messages = [message(1)];
    const { conversation, asked, ids } = openOver(messages);
    await conversation.sync();
    messages.push(message(2), message(3));
    conversation.receive(message(3));
    expect(ids()).to.deep.equal([1, 3]);

    conversation.suspend();
    await conversation.sync();
    expect(asked).to.include('after=1&limit=100');
    expect(ids()).to.deep.equal([1, 2, 3]);
  });

  it('takes a receipt that comes before its message', async () => {
    const { conversation, store } = openOver([message(1)]);
    await conversation.sync();
    conversation.receiveReceipt([2], '2026-11-22T10:05:00.000Z');
    conversation.receive(message(2));
    const last = store.get().conversations.get(chatId)?.messages.at(-1);
    expect(last).to.include({ id: 2, isRead: true, readAt: '2026-11-22T10:05:00.000Z' });
  });

  it('gives what came meanwhile its place behind what it fetches', async () => {
    const messages = [message(1), message(2)];
    const { conversation, ids } = openOver(messages);
    const synced = conversation.sync();
    conversation.receive(message(3));
    expect(ids()).to.deep.equal([]);
    await synced;
    expect(ids()).to.deep.equal([1, 2, 3]);
  });
});
