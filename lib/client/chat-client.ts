import type { ConnectedEvent, Message, SentMessage, StartedChat } from '../wire.js';
import { createChatListLoader } from './chat-list.js';
import { addChat } from './chat-order.js';
import type { ChatClient, ChatClientOptions } from './client-interface.js';
import { createConversations } from './conversations.js';
import { createLiveConnection, type LiveConnection } from './live-connection.js';
import { listen } from './live-events.js';
import { watchNetwork } from './network-signals.js';
import { createOutbox, type Delivery } from './outbox.js';
import { keepOutbox } from './outbox-storage.js';
import { createReading, type Reading } from './reading.js';
import { asRequestError } from './request-error.js';
import { createRest, type Rest } from './rest.js';
import { emptySnapshot, type Connection, type OutgoingMessage } from './snapshot.js';
import { memoryStorage } from './storage.js';
import { createStore } from './store.js';
import { defaultTiming, within } from './timing.js';
import { createTokenSource } from './token-source.js';
import { createTypingSignal } from './typing-signal.js';

/** What was fetched so long ago is looked at again when the page comes into view. */
const freshMs = 60_000;

/** Does nothing until `connect()`. */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const { getToken, socketPath = '/socket.io', storage = memoryStorage() } = options;
  const url = (options.url ?? '').replace(/\/+$/, '');
  const timing = { ...defaultTiming, ...options.timing };
  const store = createStore(emptySnapshot);
  const tokens = createTokenSource(getToken, timing.answerMs, (token) => live.admit(token));
  let requests = new AbortController();
  let endWatch: (() => void) | undefined;
  let outboxLoaded: Promise<void> | undefined;
  let fetchedAt = 0;

  const rest = createRest({ url, tokens, timing, signal: () => requests.signal });
  const live = createLiveConnection({
    // Without the module's base path, which is none of Socket.IO's.
    ...{ origin: /^https?:\/\/[^/]+/.exec(url)?.[0], path: socketPath, tokens, timing },
    onOnline,
    onTrying: (code) => leave(code === undefined ? { status: 'connecting' } : { status: 'connecting', code }),
    onRefused: (code) => leave({ status: 'refused', code }),
  });
  const conversations = createConversations({ store, rest, timing });
  const chatList = createChatListLoader({ store, rest, timing, adjust: (chats) => reading.withoutSeen(chats) });
  const reading: Reading = createReading({
    ...{ store, live, chatList, timing },
    isInStep: (chatId) => conversations.get(chatId)?.isInStep() ?? false,
  });
  const typing = createTypingSignal(live);
  const kept = keepOutbox(store, storage, url);
  const outbox = createOutbox({
    ...{ store, timing, deliver: deliverer(rest, live), isStillWanted: kept.isStillWanted },
    onDelivered(chatId, message) {
      // The conversation shows it by the acknowledgement or by the event, whichever comes first.
      const conversation = conversations.get(chatId);
      if (conversation === undefined) outbox.discard(message.clientMessageId ?? '');
      else conversation.receive(message);
    },
  });
  listen(live, { store, conversations, chatList });

  function onOnline({ userId, userType, online }: ConnectedEvent): void {
    const { me: before } = store.get();
    if (before !== null && (before.id !== userId || before.type !== userType)) {
      // What this client shows, and what it would send, is somebody else's.
      live.disconnect();
      return leave({ status: 'refused', code: 'actor_mismatch' });
    }
    const me = before ?? { type: userType, id: userId };
    store.update((snapshot) => ({ ...snapshot, me, connection: { status: 'online' }, online: new Set(online) }));
    fetchAll();
    reading.resume();
    outboxLoaded ??= kept.load(me);
    // What it brings back goes first, unless the storage takes too long.
    for (const ready of [outboxLoaded, within(timing.answerMs, outboxLoaded)]) void ready.then(outbox.drain);
  }

  function leave(connection: Connection): void {
    typing.forget();
    conversations.suspend();
    const { online, typing: typists } = emptySnapshot;
    store.update((snapshot) => {
      const { status, code } = snapshot.connection;
      if (status === connection.status && code === connection.code) return snapshot;
      return { ...snapshot, connection, online, typing: typists };
    });
  }

  function fetchAll(): void {
    fetchedAt = Date.now();
    chatList.refresh();
    conversations.resume();
  }

  function wake(): void {
    live.wake();
    // A process of the service that was killed may have kept an event to itself, and the line to ours is fine.
    if (store.get().connection.status === 'online' && Date.now() - fetchedAt > freshMs) fetchAll();
  }

  return {
    getSnapshot: store.get,
    subscribe: store.subscribe,
    connect() {
      if (requests.signal.aborted) requests = new AbortController();
      endWatch ??= watchNetwork(wake);
      if (store.get().connection.status === 'online') return;
      leave({ status: 'connecting' });
      live.connect();
    },
    disconnect() {
      requests.abort();
      endWatch?.();
      endWatch = undefined;
      live.disconnect();
      leave({ status: 'offline' });
    },
    wake,
    openChat: conversations.open,
    reloadChat: conversations.reload,
    loadOlder: async (chatId) => conversations.get(chatId)?.loadOlder(),
    send(chatId, content, images = []) {
      typing.set(chatId, false);
      return outbox.add(chatId, content, images);
    },
    retry: outbox.retry,
    discard(clientMessageId) {
      kept.noteDiscard(clientMessageId);
      outbox.discard(clientMessageId);
    },
    setTyping: typing.set,
    markRead: reading.markRead,
    async startChat() {
      const started = await startOrFind(rest);
      if (typeof started === 'number') {
        chatList.refresh();
        return started;
      }
      store.update((snapshot) => {
        const chats = addChat(snapshot.chatList.chats, started);
        return { ...snapshot, chatList: { ...snapshot.chatList, chats } };
      });
      return started.id;
    },
    refreshChats: chatList.refresh,
    renewImages: async (chatId, messageId) => conversations.get(chatId)?.renewImages(messageId),
  };
}

/** The new chat, or the id of the one that is there: this person's own doing, perhaps, whose answer did not arrive. */
async function startOrFind(rest: Rest): Promise<StartedChat | number> {
  try {
    return await rest.post<StartedChat>('/api/chats/start');
  } catch (thrown) {
    const { code, details } = asRequestError(thrown);
    if (code === 'chat_already_exists' && typeof details['chatId'] === 'number') return details['chatId'];
    throw thrown;
  }
}

/** Text goes over the socket that is open anyway, pictures as a form. */
function deliverer(rest: Rest, live: LiveConnection) {
  return async (outgoing: OutgoingMessage, delivery: Delivery): Promise<Message> => {
    const { chatId, content, clientMessageId, images } = outgoing;
    if (images.length === 0) {
      const { message } = await live.call('message:send', { sessionId: chatId, content, clientMessageId });
      const { sessionId, ...shown } = message;
      return { ...shown, readAt: null };
    }
    const form = new FormData();
    if (content !== '') form.append('content', content);
    form.append('clientMessageId', clientMessageId);
    // Without their names, which are nobody's business.
    for (const image of images) form.append('images', image, 'photo');
    const message = await rest.postForm<SentMessage>(`/api/chats/${chatId}/messages`, form, delivery);
    return { ...message, readAt: null };
  };
}
