import type { ChatSummary } from '../wire.js';
import type { ChatListLoader } from './chat-list.js';
import { setUnread } from './chat-order.js';
import { countUnreadAfter, markRead } from './conversation-state.js';
import type { LiveConnection } from './live-connection.js';
import { asRequestError } from './request-error.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import { pause, pauseOnline, retryDelay, type ClientTiming } from './timing.js';

/** Tells the service what we have seen: one call at a time a chat, about the newest message. */
export interface Reading {
  /** The person has seen this message, and so all before it. Told when there is a connection. */
  markRead(chatId: number, upTo: number): void;
  /** Connected: tells what could not be told. */
  resume(): void;
  /** The list as the service counted it, less what it has not been told yet. */
  withoutSeen(chats: readonly ChatSummary[]): readonly ChatSummary[];
}

interface Needs {
  readonly store: Store<ClientSnapshot>;
  readonly live: Pick<LiveConnection, 'call'>;
  readonly chatList: ChatListLoader;
  /** False while a conversation has still to fetch what it shows. */
  readonly isInStep: (chatId: number) => boolean;
  readonly timing: ClientTiming;
}

/** A burst of messages that are seen one by one becomes a call or two. */
const gatherMs = 200;

export function createReading({ store, live, chatList, isInStep, timing }: Needs): Reading {
  /** Up to where each chat was seen, as far as the service does not know. */
  const seen = new Map<number, number>();
  const telling = new Set<number>();
  /** Chats whose count is a guess until the service knows what was seen, and is asked then. */
  const guessed = new Set<number>();

  const isOnline = (): boolean => store.get().connection.status === 'online';

  function show(chatId: number, upTo: number): void {
    store.update((snapshot) => {
      const chats = setUnread(snapshot.chatList.chats, chatId, countUnreadAfter(snapshot, chatId, upTo));
      return chats === snapshot.chatList.chats ? snapshot : { ...snapshot, chatList: { ...snapshot.chatList, chats } };
    });
  }

  async function tell(chatId: number): Promise<void> {
    if (telling.has(chatId)) return;
    telling.add(chatId);
    for (let attempt = 0; isOnline();) {
      const upTo = seen.get(chatId);
      if (upTo === undefined) break;
      try {
        const { messageIds, readAt } = await live.call('chat:read', { sessionId: chatId, upTo });
        if (seen.get(chatId) === upTo) seen.delete(chatId);
        if (readAt !== null) store.update((snapshot) => markRead(snapshot, chatId, messageIds, readAt));
        if (guessed.delete(chatId) || !store.get().conversations.has(chatId)) chatList.refresh();
        // A list that is on its way may have been made before.
        else chatList.refreshIfLoading();
        attempt = 0;
        await pause(gatherMs);
      } catch (thrown) {
        const error = asRequestError(thrown);
        if (!error.isTransient) {
          seen.delete(chatId);
          chatList.refresh();
        } else if (isOnline()) await pauseOnline(store, error.retryAfterMs ?? retryDelay(attempt++, timing));
      }
    }
    telling.delete(chatId);
  }

  return {
    markRead(chatId, upTo) {
      const snapshot = store.get();
      const row = snapshot.chatList.chats.find(({ id }) => id === chatId);
      const left = countUnreadAfter(snapshot, chatId, upTo);
      if (countUnreadAfter(snapshot, chatId, 0) === left && (row?.unreadCount ?? 0) === left) return;
      show(chatId, upTo);
      if (!isInStep(chatId)) guessed.add(chatId);
      if ((seen.get(chatId) ?? 0) >= upTo) return;
      seen.set(chatId, upTo);
      void tell(chatId);
    },

    resume() {
      for (const chatId of seen.keys()) void tell(chatId);
    },

    withoutSeen(chats) {
      const snapshot = store.get();
      return [...seen].reduce((counted, [chatId, upTo]) => {
        guessed.add(chatId);
        const seenHere = countUnreadAfter(snapshot, chatId, 0) - countUnreadAfter(snapshot, chatId, upTo);
        const row = counted.find(({ id }) => id === chatId);
        return setUnread(counted, chatId, Math.max(0, (row?.unreadCount ?? 0) - seenHere));
      }, chats);
    },
  };
}
