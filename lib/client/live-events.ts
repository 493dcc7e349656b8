import { addChat, noteMessage, setUnread } from './chat-order.js';
import type { ChatListLoader } from './chat-list.js';
import { changeConversation, countUnreadAfter, noteDelivery } from './conversation-state.js';
import type { Conversations } from './conversations.js';
import type { LiveConnection } from './live-connection.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import type { ChatSummary, NewMessage, ReadReceiptEvent } from '../wire.js';

export interface LiveEventTargets {
  readonly store: Store<ClientSnapshot>;
  readonly conversations: Conversations;
  readonly chatList: ChatListLoader;
}

/** What the server tells without being asked, and what it changes. */
export function listen(live: LiveConnection, { store, conversations, chatList }: LiveEventTargets): void {
  live.on('message:new', (event) => {
    const { sessionId: chatId, ...message } = event;
    showInList(event);
    conversations.get(chatId)?.receive({ ...message, isRead: false, readAt: null });
  });

  live.on('message:read_receipt', (event) => {
    conversations.get(event.sessionId)?.receiveReceipt(event.messageIds, event.readAt);
    showReading(event);
  });

  live.on('typing:indicator', ({ sessionId, isTyping }) => {
    store.update((snapshot) => ({ ...snapshot, typing: withMember(snapshot.typing, sessionId, isTyping) }));
  });

  live.on('user:online', ({ sessionId }) => {
    store.update((before) => {
      const snapshot = { ...before, online: withMember(before.online, sessionId, true) };
      return changeConversation(snapshot, sessionId, (conversation) => noteDelivery(snapshot, conversation));
    });
  });

  live.on('user:offline', ({ sessionId }) => {
    store.update((snapshot) => ({
      ...snapshot,
      online: withMember(snapshot.online, sessionId, false),
      typing: withMember(snapshot.typing, sessionId, false),
    }));
  });

  live.on('chat:new', (chat) => {
    changeList((chats) => addChat(chats, chat));
    chatList.refreshIfLoading();
  });

  live.on('chat:updated', ({ sessionId, status }) => {
    store.update((snapshot) =>
      changeConversation(snapshot, sessionId, (conversation) =>
        conversation.details === null
          ? conversation
          : { ...conversation, details: { ...conversation.details, status } },
      ),
    );
  });

  function showInList(event: NewMessage): void {
    const { me, chatList: list } = store.get();
    if (me === null) return;
    if (!list.chats.some(({ id }) => id === event.sessionId)) return chatList.refresh();
    changeList((chats) => noteMessage(chats, event.sessionId, event, me.type));
    // A list that is on its way may have been made before this message.
    chatList.refreshIfLoading();
    if (event.senderType === me.type) return;
    store.update((snapshot) => ({ ...snapshot, typing: withMember(snapshot.typing, event.sessionId, false) }));
  }

  /** Our reading on another device: the receipt of an open conversation tells how much, any other makes us ask. */
  function showReading({ sessionId }: ReadReceiptEvent): void {
    const snapshot = store.get();
    const row = snapshot.chatList.chats.find(({ id }) => id === sessionId);
    if (row === undefined || row.unreadCount === 0) return;
    if (!snapshot.conversations.has(sessionId)) return chatList.refresh();
    changeList((chats) => setUnread(chats, sessionId, countUnreadAfter(snapshot, sessionId, 0)));
  }

  function changeList(change: (chats: readonly ChatSummary[]) => readonly ChatSummary[]): void {
    store.update((snapshot) => {
      const chats = change(snapshot.chatList.chats);
      return chats === snapshot.chatList.chats ? snapshot : { ...snapshot, chatList: { ...snapshot.chatList, chats } };
    });
  }
}

/** The same set when nothing changes. */
function withMember(set: ReadonlySet<number>, member: number, isMember: boolean): ReadonlySet<number> {
  if (set.has(member) === isMember) return set;
  const next = new Set(set);
  if (isMember) next.add(member);
  else next.delete(member);
  return next;
}
