import { setUnread } from './chat-order.js';
import { countUnreadAfter, markRead } from './conversation-state.js';
import type { LiveConnection } from './live-connection.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';

/** Tells the service what we have seen, once for each newest message. */
export interface Reading {
  markRead(chatId: number, upTo: number): void;
}

export function createReading(store: Store<ClientSnapshot>, live: Pick<LiveConnection, 'call'>): Reading {
  /** The newest message of each chat that a call under way is about. */
  const telling = new Map<number, number>();

  /** Everything up to a message that was seen counts as read, also what is older than the loaded messages. */
  function showUnread(chatId: number, upTo: number): void {
    store.update((snapshot) => {
      const unread = countUnreadAfter(snapshot, chatId, upTo);
      const chats = setUnread(snapshot.chatList.chats, chatId, unread);
      return chats === snapshot.chatList.chats ? snapshot : { ...snapshot, chatList: { ...snapshot.chatList, chats } };
    });
  }

  async function tell(chatId: number, upTo: number): Promise<void> {
    telling.set(chatId, upTo);
    try {
      const { messageIds = [], readAt } = await live.call('chat:read', { sessionId: chatId, upTo });
      if (readAt !== null) store.update((snapshot) => markRead(snapshot, chatId, messageIds, readAt));
      showUnread(chatId, upTo);
    } catch {
      // Still unread for the service, so it is told again when the page next shows the message.
    } finally {
      if (telling.get(chatId) === upTo) telling.delete(chatId);
    }
  }

  return {
    markRead(chatId, upTo) {
      const snapshot = store.get();
      const isAllRead = countUnreadAfter(snapshot, chatId, 0) === countUnreadAfter(snapshot, chatId, upTo);
      const row = snapshot.chatList.chats.find(({ id }) => id === chatId);
      if (isAllRead && (row?.unreadCount ?? 0) === countUnreadAfter(snapshot, chatId, upTo)) return;
      showUnread(chatId, upTo);
      if (snapshot.connection.status !== 'online' || (telling.get(chatId) ?? 0) >= upTo) return;
      void tell(chatId, upTo);
    },
  };
}
