import { addChat } from './chat-order.js';
import { createChatListLoader } from './chat-list.js';
import { createConversations } from './conversations.js';
import { createLiveConnection, type LiveConnection } from './live-connection.js';
import { listen } from './live-events.js';
import { createOutbox } from './outbox.js';
import { keepOutbox, type TextStorage } from './outbox-storage.js';
import { createReading } from './reading.js';
import { createRest, type Rest } from './rest.js';
import { emptySnapshot, type ClientSnapshot, type Connection, type OutgoingMessage } from './snapshot.js';
import { createStore } from './store.js';
import { createTokenSource } from './token-source.js';
import { createTypingSignal } from './typing-signal.js';
import type { ConnectedEvent, Message, SentMessage, StartedChat } from '../wire.js';

export interface ChatClientOptions {
  /** Where the service is: `https://chat.example.com`, with the module's base path if it has one. */
  url: string;
  /** Answers with a valid token of the person who is signed in. Asked before each connection that needs a new one. */
  getToken: () => Promise<string>;
  /** The path of the service's Socket.IO. Default `/socket.io`. */
  socketPath?: string;
  /** Where unsent text survives a reload: `localStorage`. Default: nowhere. */
  storage?: TextStorage;
}

/**
 * The chats of one person, for a page of any framework: read `getSnapshot()`, and read it again when `subscribe` calls.
 * What it shows is complete and in order at every moment; what it sends arrives once.
 */
export interface ChatClient {
  getSnapshot(): ClientSnapshot;
  /** Calls after each change. Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** Connects, and stays connected. */
  connect(): void;
  /** Lets go of the network; messages written from now on wait for the next `connect()`. */
  disconnect(): void;
  /** Tries to connect at once: for when the network came back, or the page into view. */
  wake(): void;
  openChat(chatId: number): void;
  closeChat(chatId: number): void;
  loadOlder(chatId: number): Promise<void>;
  /** Returns the id that the message goes by in `outbox`, and later as its `clientMessageId`. */
  send(chatId: number, content: string, images?: readonly Blob[]): string;
  /** Sends a failed message again. */
  retry(clientMessageId: string): void;
  /** Gives a failed message up. */
  discard(clientMessageId: string): void;
  /** Call with true at each change of a text that is being written, with false when it was sent or emptied. */
  setTyping(chatId: number, isTyping: boolean): void;
  /** The person has seen this message, and so all before it. */
  markRead(chatId: number, upTo: number): void;
  /** Starts the customer's chat with their dentist; resolves with its id. Rejects with `RequestError`. */
  startChat(): Promise<number>;
  refreshChats(): void;
  /** Asks for new picture URLs, those of the message having run out. Rejects with `RequestError`. */
  renewImages(chatId: number, messageId: number): Promise<void>;
}

export function createChatClient({ url, getToken, socketPath, storage }: ChatClientOptions): ChatClient {
  const store = createStore(emptySnapshot);
  const tokens = createTokenSource(getToken);
  let requests = new AbortController();
  const rest = createRest({ url, tokens, signal: () => requests.signal });
  const conversations = createConversations(store, rest);
  const chatList = createChatListLoader(store, rest);
  const live = createLiveConnection({
    url: new URL(url).origin,
    path: socketPath ?? '/socket.io',
    tokens,
    onOnline,
    onOffline: () => leave({ status: 'connecting' }),
    onRefused: (code) => leave({ status: 'refused', code }),
  });
  const outbox = createOutbox(store, deliverer(rest, live), (chatId, message) => {
    // The conversation shows it by the acknowledgement or by the event, whichever comes first.
    const conversation = conversations.get(chatId);
    if (conversation === undefined) outbox.discard(message.clientMessageId ?? '');
    else conversation.receive(message);
  });
  const typing = createTypingSignal(live);
  const reading = createReading(store, live);
  let keepsOutbox = false;

  listen(live, { store, conversations, chatList });

  function onOnline({ userId, userType, online }: ConnectedEvent): void {
    const me = { type: userType, id: userId };
    store.update((snapshot) => ({ ...snapshot, me, connection: { status: 'online' }, online: new Set(online) }));
    if (storage !== undefined && !keepsOutbox) keepOutbox(store, storage, me);
    keepsOutbox = true;
    chatList.refresh();
    conversations.resume();
    outbox.drain();
  }

  function leave(connection: Connection): void {
    store.update((snapshot) => ({ ...snapshot, connection, online: new Set(), typing: new Set() }));
    conversations.suspend();
  }

  return {
    getSnapshot: store.get,
    subscribe: store.subscribe,
    connect() {
      if (requests.signal.aborted) requests = new AbortController();
      if (store.get().connection.status === 'online') return;
      leave({ status: 'connecting' });
      live.connect();
    },
    disconnect() {
      requests.abort();
      live.disconnect();
      leave({ status: 'offline' });
    },
    wake: live.wake,
    openChat: conversations.open,
    closeChat: conversations.close,
    loadOlder: async (chatId) => conversations.get(chatId)?.loadOlder(),
    send: (chatId, content, images = []) => outbox.add(chatId, content, images),
    retry: outbox.retry,
    discard: outbox.discard,
    setTyping: typing.set,
    markRead: reading.markRead,
    async startChat() {
      const chat = await rest.post<StartedChat>('/api/chats/start');
      store.update((snapshot) => {
        const chats = addChat(snapshot.chatList.chats, chat);
        return { ...snapshot, chatList: { ...snapshot.chatList, chats } };
      });
      return chat.id;
    },
    refreshChats: chatList.refresh,
    renewImages: async (chatId, messageId) => conversations.get(chatId)?.renewImages(messageId),
  };
}

/** Text goes over the socket that is open anyway, pictures as a form. */
function deliverer(rest: Rest, live: LiveConnection): (message: OutgoingMessage) => Promise<Message> {
  return async ({ chatId, content, clientMessageId, images }) => {
    if (images.length === 0) {
      const { message } = await live.call('message:send', { sessionId: chatId, content, clientMessageId });
      return { ...message, readAt: null };
    }
    const form = new FormData();
    if (content !== '') form.append('content', content);
    form.append('clientMessageId', clientMessageId);
    // Without their names, which are nobody's business.
    for (const image of images) form.append('images', image, 'photo');
    return { ...(await rest.post<SentMessage>(`/api/chats/${chatId}/messages`, form)), readAt: null };
  };
}
