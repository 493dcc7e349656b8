import { emptyConversation } from './conversation-state.js';
import { createOpenConversation, type OpenConversation, type OpenConversationNeeds } from './open-conversation.js';

/** The conversations that are open, each kept up to date until it is closed. */
export interface Conversations {
  /** Returns the function that closes it. As often as it was opened, it has to be closed. */
  open(chatId: number): () => void;
  /** Tries again after a failure. */
  reload(chatId: number): void;
  get(chatId: number): OpenConversation | undefined;
  /** The socket is joined to the rooms: what was missed is fetched. */
  resume(): void;
  suspend(): void;
}

export function createConversations(needs: OpenConversationNeeds): Conversations {
  const { store } = needs;
  const open = new Map<number, { readonly conversation: OpenConversation; viewers: number }>();
  const isOnline = (): boolean => store.get().connection.status === 'online';

  function begin(chatId: number): OpenConversation {
    store.update((snapshot) => ({
      ...snapshot,
      conversations: new Map(snapshot.conversations).set(chatId, emptyConversation(chatId)),
    }));
    return createOpenConversation(chatId, needs);
  }

  function leave(chatId: number): void {
    const opened = open.get(chatId);
    if (opened === undefined || --opened.viewers > 0) return;
    open.delete(chatId);
    opened.conversation.close();
    store.update((snapshot) => {
      const conversations = new Map(snapshot.conversations);
      conversations.delete(chatId);
      return { ...snapshot, conversations };
    });
  }

  return {
    get: (chatId) => open.get(chatId)?.conversation,

    open(chatId) {
      const opened = open.get(chatId) ?? { conversation: begin(chatId), viewers: 0 };
      open.set(chatId, opened);
      if (++opened.viewers === 1 && isOnline()) void opened.conversation.sync();
      let isLeft = false;
      return () => {
        if (!isLeft) leave(chatId);
        isLeft = true;
      };
    },

    reload(chatId) {
      const opened = open.get(chatId);
      if (opened === undefined || store.get().conversations.get(chatId)?.phase !== 'failed') return;
      opened.conversation.close();
      const conversation = begin(chatId);
      open.set(chatId, { conversation, viewers: opened.viewers });
      if (isOnline()) void conversation.sync();
    },

    resume() {
      for (const { conversation } of open.values()) void conversation.sync();
    },

    suspend() {
      for (const { conversation } of open.values()) conversation.suspend();
    },
  };
}
