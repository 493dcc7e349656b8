import { emptyConversation } from './conversation-state.js';
import { createOpenConversation, type OpenConversation } from './open-conversation.js';
import type { Rest } from './rest.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';

/** The conversations that are open, each kept up to date until it is closed. */
export interface Conversations {
  /** Opens, or tries again after a failure. */
  open(chatId: number): void;
  close(chatId: number): void;
  get(chatId: number): OpenConversation | undefined;
  /** The socket is joined to the rooms: what was missed is fetched. */
  resume(): void;
  suspend(): void;
}

export function createConversations(store: Store<ClientSnapshot>, rest: Rest): Conversations {
  const open = new Map<number, OpenConversation>();

  return {
    get: (chatId) => open.get(chatId),

    open(chatId) {
      const { conversations, connection } = store.get();
      if (conversations.has(chatId) && conversations.get(chatId)?.phase !== 'failed') return;
      const conversation = open.get(chatId) ?? createOpenConversation(chatId, store, rest);
      open.set(chatId, conversation);
      store.update((snapshot) => ({
        ...snapshot,
        conversations: new Map(snapshot.conversations).set(chatId, emptyConversation(chatId)),
      }));
      if (connection.status === 'online') void conversation.sync();
    },

    close(chatId) {
      open.get(chatId)?.suspend();
      open.delete(chatId);
      store.update((snapshot) => {
        const conversations = new Map(snapshot.conversations);
        return conversations.delete(chatId) ? { ...snapshot, conversations } : snapshot;
      });
    },

    resume() {
      for (const conversation of open.values()) void conversation.sync();
    },

    suspend() {
      for (const conversation of open.values()) conversation.suspend();
    },
  };
}
