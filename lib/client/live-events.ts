import type { ChatSummary, Message, NewMessage, ReadReceiptEvent } from '../wire.js';
import type { ChatListLoader } from './chat-list.js';
import { addChat, noteMessage, setUnread } from './chat-order.js';
import { changeConversation, countUnreadAfter, noteDelivery, settle } from './conversation-state.js';
import type { Conversations } from './conversations.js';
import type { LiveConnection } from './live-connection.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import { createTypists, withMember } from './typists.js';

export interface LiveEventTargets {
  readonly store: Store<ClientSnapshot>;
  readonly conversations: Conversations;
  readonly chatList: ChatListLoader;
}

/** What the server tells without being asked, and what it changes. */
export function listen(live: Pick<LiveConnection, 'on'>, targets: LiveEventTargets): void {
  const { store, conversations, chatList } = targets;
  const typists = createTypists(store);

  live.on('message:new', (event) => {
    const { sessionId: chatId, ...shown } = event;
    const message: Message = { ...shown, isRead: false, readAt: null };
    showInList(event);
    const conversation = conversations.get(chatId);
    if (conversation !== undefined) conversation.receive(message);
    else store.update((snapshot) => settle(snapshot, chatId, [message]));
  });

  live.on('message:read_receipt', (event) => {
    const before = countUnreadAfter(store.get(), event.sessionId, 0);
    conversations.get(event.sessionId)?.receiveReceipt(event.messageIds, event.readAt);
    recount(event, before);
  });

  live.on('typing:indicator', ({ sessionId, isTyping }) => typists.set(sessionId, isTyping));

  live.on('user:online', ({ sessionId }) => {
    store.update((before) => {
      const snapshot = { ...before, online: withMember(before.online, sessionId, true) };
      return changeConversation(snapshot, sessionId, (conversation) => noteDelivery(snapshot, conversation));
    });
  });

  live.on('user:offline', ({ sessionId }) => {
    typists.set(sessionId, false);
    store.update((snapshot) => ({ ...snapshot, online: withMember(snapshot.online, sessionId, false) }));
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
    if (event.senderType !== me.type) typists.set(event.sessionId, false);
    const row = list.chats.find(({ id }) => id === event.sessionId);
    // Messages that were written together have one time: whether the row counts this one, the service knows.
    if (row === undefined || row.lastMessage?.createdAt === event.createdAt) return chatList.refresh();
    changeList((chats) => noteMessage(chats, event.sessionId, event, me.type));
    // A list that is on its way may have been made before this message.
    chatList.refreshIfLoading();
  }

  /**
   * Our reading, on this device or another. Where the conversation showed every message that counted as unread, it
   * shows how many are left; else the service is asked.
   */
  function recount({ sessionId }: ReadReceiptEvent, shownBefore: number): void {
    const snapshot = store.get();
    const row = snapshot.chatList.chats.find(({ id }) => id === sessionId);
    if (row === undefined || row.unreadCount === 0) return chatList.refreshIfLoading();
    if (row.unreadCount !== shownBefore) return chatList.refresh();
    changeList((chats) => setUnread(chats, sessionId, countUnreadAfter(snapshot, sessionId, 0)));
    chatList.refreshIfLoading();
  }

  function changeList(change: (chats: readonly ChatSummary[]) => readonly ChatSummary[]): void {
    store.update((snapshot) => {
      const chats = change(snapshot.chatList.chats);
      return chats === snapshot.chatList.chats ? snapshot : { ...snapshot, chatList: { ...snapshot.chatList, chats } };
    });
  }
}
