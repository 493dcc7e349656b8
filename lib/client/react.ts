import { createContext, createElement, useCallback, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { FunctionComponentElement, ProviderProps, ReactNode } from 'react';
import type { ChatClient } from './client-interface.js';
import type { ChatListState, ClientSnapshot, Connection, Conversation, OutgoingMessage } from './snapshot.js';

const ClientContext = createContext<ChatClient | null>(null);

/** Hands the client to the hooks below it, and keeps it connected for as long as it is shown. */
export function ChatProvider(props: {
  client: ChatClient;
  children?: ReactNode;
}): FunctionComponentElement<ProviderProps<ChatClient | null>> {
  const { client, children } = props;
  useEffect(() => {
    client.connect();
    return () => client.disconnect();
  }, [client]);
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the {@link ChatProvider} above. Throws without one. */
export function useChatClient(): ChatClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('useChatClient and the hooks built on it need a <ChatProvider client={...}>');
  return client;
}

/**
 * A part of the client's snapshot; the component renders again when that part changes. `select` picks what is there,
 * and makes no new object, or it would differ each time.
 */
export function useChatSnapshot<Part>(select: (snapshot: ClientSnapshot) => Part): Part {
  const { subscribe, getSnapshot } = useChatClient();
  const part = (): Part => select(getSnapshot());
  return useSyncExternalStore(subscribe, part, part);
}

export function useConnection(): Connection {
  return useChatSnapshot(({ connection }) => connection);
}

/** The list of chats, the most recent activity first. */
export function useChatList(): ChatListState {
  return useChatSnapshot(({ chatList }) => chatList);
}

/** Unread messages of all chats together, but for one that is in view, if given. */
export function useUnreadCount(exceptChatId?: number): number {
  return useChatSnapshot(({ chatList }) =>
    chatList.chats.reduce((sum, { id, unreadCount }) => (id === exceptChatId ? sum : sum + unreadCount), 0),
  );
}

/** Where the other participant of a chat is. Unknown, and so false, without a connection of our own. */
export function usePresence(chatId: number): { readonly isOnline: boolean; readonly isTyping: boolean } {
  const isOnline = useChatSnapshot(({ online }) => online.has(chatId));
  const isTyping = useChatSnapshot(({ typing }) => typing.has(chatId));
  return { isOnline, isTyping };
}

/** A conversation, and what can be done in it: each function is the same in every render. */
export interface ConversationView {
  /** Undefined in the first render. */
  readonly conversation: Conversation | undefined;
  /** Our own messages that have not arrived yet: they go below the others. */
  readonly outgoing: readonly OutgoingMessage[];
  readonly send: (content: string, images?: readonly Blob[]) => string;
  readonly setTyping: (isTyping: boolean) => void;
  readonly markRead: (upTo: number) => void;
  readonly loadOlder: () => Promise<void>;
  readonly reload: () => void;
}

/** Opens a chat for as long as the component is shown. */
export function useConversation(chatId: number): ConversationView {
  const client = useChatClient();
  useEffect(() => client.openChat(chatId), [client, chatId]);
  const conversation = useChatSnapshot(({ conversations }) => conversations.get(chatId));
  const outbox = useChatSnapshot((snapshot) => snapshot.outbox);
  const outgoing = useMemo(() => outbox.filter((entry) => entry.chatId === chatId), [outbox, chatId]);
  return {
    conversation,
    outgoing,
    send: useCallback((content, images) => client.send(chatId, content, images), [client, chatId]),
    setTyping: useCallback((isTyping) => client.setTyping(chatId, isTyping), [client, chatId]),
    markRead: useCallback((upTo) => client.markRead(chatId, upTo), [client, chatId]),
    loadOlder: useCallback(() => client.loadOlder(chatId), [client, chatId]),
    reload: useCallback(() => client.reloadChat(chatId), [client, chatId]),
  };
}
