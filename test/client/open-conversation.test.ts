import { expect } from 'chai';
import { createConversations } from '../../lib/client/conversations.js';
import type { OpenConversation } from '../../lib/client/open-conversation.js';
import { RequestError } from '../../lib/client/request-error.js';
import type { Rest } from '../../lib/client/rest.js';
import { emptySnapshot, type ClientSnapshot, type Conversation } from '../../lib/client/snapshot.js';
import { createStore } from '../../lib/client/store.js';
import { defaultTiming } from '../../lib/client/timing.js';
import type { Message } from '../../lib/wire.js';

describe('an open conversation of the chat client', () => {
  const chatId = 7;
  const readAt = '2026-11-22T10:05:00.000Z';
  const message = (id: number): Message => ({
    ...{ id, senderType: 'dentist', senderId: 5, content: `line ${id}`, imageUrls: [] },
    ...{ createdAt: '2026-11-22T10:00:00.000Z', isRead: false, readAt: null },
  });
  const upTo = (last: number, first = 1): Message[] =>
    Array.from({ length: last - first + 1 }, (_, index) => message(first + index));

  /** Conversations over a service that has these messages, and notes what it is asked for. */
  function serviceOf(messages: Message[]) {
    const asked: string[] = [];
    /** What happens before a page that was asked for is given. */
    const delivery: { next?: () => Promise<void> } = {};
    const store = createStore<ClientSnapshot>({
      ...emptySnapshot,
      connection: { status: 'online' },
      me: { type: 'customer', id: 1 },
    });
    const get = async (path: string): Promise<unknown> => {
      const query = path.split('?')[1];
      if (query === undefined) return { id: chatId, status: 'active' };
      asked.push(query);
      const parameters = new URLSearchParams(query);
      const [after, before] = [Number(parameters.get('after') ?? 0), Number(parameters.get('before') ?? Infinity)];
      const found = messages.filter(({ id }) => id > after && id < before);
      const page = parameters.has('after') ? found : found.slice(-Number(parameters.get('limit')));
      const { next } = delivery;
      delete delivery.next;
      await next?.();
      return { messages: page, hasMore: page.length < found.length, nextCursor: null };
    };
    const conversations = createConversations({ store, rest: { get } as Rest, timing: defaultTiming });
    const shown = (): Conversation | undefined => store.get().conversations.get(chatId);
    const ids = (): number[] => shown()?.messages.map(({ id }) => id) ?? [];
    /** Resolves when the conversation is so. */
    const until = (isSo: (conversation: Conversation) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          const conversation = shown();
          if (conversation === undefined || !isSo(conversation)) return;
          unsubscribe();
          resolve();
        };
        const unsubscribe = store.subscribe(look);
        look();
      });
    return { conversations, store, asked, delivery, shown, ids, until };
  }

  /** The chat, opened and loaded. */
  async function openOver(messages: Message[]) {
    const service = serviceOf(messages);
    const close = service.conversations.open(chatId);
    await service.until(({ phase }) => phase === 'ready');
    return { ...service, close, conversation: opened(service.conversations.get(chatId)) };
  }

  function opened(conversation: OpenConversation | undefined): OpenConversation {
    if (conversation === undefined) throw new Error('the chat is not open');
    return conversation;
  }

  /** Lets go on what waits for `closed`. */
  function gate(): { readonly closed: () => Promise<void>; readonly open: () => void } {
    let open = (): void => undefined;
    const opening = new Promise<void>((resolve) => (open = resolve));
    return { closed: () => opening, open };
  }

  it('asks for all that followed the last page, not the last event: an event can overtake another', async () => {
    const messages = upTo(1);
    const { conversation, asked, ids } = await openOver(messages);
    messages.push(message(2), message(3));
    conversation.receive(message(3));
    expect(ids()).to.deep.equal([1, 3]);

    conversation.suspend();
    await conversation.sync();
    expect(asked).to.include('after=1&limit=100');
    expect(ids()).to.deep.equal([1, 2, 3]);
  });

  it('takes a receipt that comes before its message', async () => {
    const { conversation, shown } = await openOver(upTo(1));
    conversation.receiveReceipt([2], readAt);
    conversation.receive(message(2));
    expect(shown()?.messages.at(-1)).to.include({ id: 2, isRead: true, readAt });
  });

  it('takes a receipt that comes before the first page', async () => {
    const { conversations, delivery, shown, until } = serviceOf(upTo(2));
    const { closed, open } = gate();
    delivery.next = closed;
    conversations.open(chatId);
    conversations.get(chatId)?.receiveReceipt([1, 2], readAt);
    open();
    await until(({ phase }) => phase === 'ready');
    expect(shown()?.messages.map((one) => one.readAt)).to.deep.equal([readAt, readAt]);
  });

  it('takes a receipt that comes before the older page', async () => {
    const { conversation, delivery, shown } = await openOver(upTo(31));
    const { closed, open } = gate();
    delivery.next = closed;
    const loaded = conversation.loadOlder();
    conversation.receiveReceipt([1], readAt);
    open();
    await loaded;
    expect(shown()?.messages[0]).to.include({ id: 1, isRead: true, readAt });
  });

  it('gives what came meanwhile its place behind what it fetches', async () => {
    const { conversations, delivery, ids, until } = serviceOf(upTo(2));
    const { closed, open } = gate();
    delivery.next = closed;
    conversations.open(chatId);
    conversations.get(chatId)?.receive(message(3));
    expect(ids()).to.deep.equal([]);
    open();
    await until(({ messages }) => messages.length === 3);
    expect(ids()).to.deep.equal([1, 2, 3]);
  });

  it('takes no older page that was asked for before it was closed and opened again', async () => {
    const { conversations, conversation, delivery, close, ids, until } = await openOver(upTo(100));
    await conversation.loadOlder();
    expect(ids()[0]).to.equal(41);
    const { closed, open } = gate();
    delivery.next = closed;
    const late = conversation.loadOlder();
    close();
    conversations.open(chatId);
    await until(({ phase }) => phase === 'ready');
    open();
    await late;
    expect(ids()).to.deep.equal(upTo(100, 71).map(({ id }) => id));

    await conversations.get(chatId)?.loadOlder();
    expect(ids()).to.deep.equal(upTo(100, 41).map(({ id }) => id));
  });

  it('is well again once what was refused has been fetched', async () => {
    const { conversation, delivery, shown } = await openOver(upTo(1));
    conversation.suspend();
    delivery.next = () => Promise.reject(new RequestError('refused', 'Not now'));
    await conversation.sync();
    expect(shown()?.phase).to.equal('failed');
    await conversation.sync();
    expect(shown()?.phase).to.equal('ready');
  });

  for (const [said, happen] of [
    ['the line breaks', (conversation: OpenConversation) => conversation.suspend()],
    ['it is loaded anew', () => undefined],
  ] as const) {
    it(`lets go of a message that was acknowledged just before ${said}`, async () => {
      const { conversations, conversation, store, delivery } = await openOver(upTo(40));
      const mine: Message = { ...message(2), senderType: 'customer', clientMessageId: 'mine' };
      store.update((snapshot) => ({
        ...snapshot,
        outbox: [
          { ...{ clientMessageId: 'mine', chatId, content: 'line 2', images: [], queuedAt: readAt, progress: 0 } },
        ].map((entry) => ({ ...entry, status: 'sending' as const })),
      }));
      conversation.suspend();
      delivery.next = () => Promise.reject(new RequestError('refused', 'Not now'));
      await conversation.sync();
      conversation.receive(mine);
      happen(conversation);
      conversations.reload(chatId);
      await opened(conversations.get(chatId)).sync();
      expect(store.get().outbox).to.deep.equal([]);
    });
  }
});
