import type { Rest } from './rest.js';
import { asRequestError } from './request-error.js';
import { pause, retryDelay } from './pause.js';
import { orderChats } from './chat-order.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import type { ChatSummary } from '../wire.js';

/** Fetches the list of chats. */
export interface ChatListLoader {
  /** Fetches it, or once more when a fetch is under way already, whose answer may be too old. */
  refresh(): void;
  /** For a change that the list shows already: only a fetch under way could take it back. */
  refreshIfLoading(): void;
}

export function createChatListLoader(store: Store<ClientSnapshot>, rest: Rest): ChatListLoader {
  let isLoading = false;
  let isStale = false;
  const isOnline = (): boolean => store.get().connection.status === 'online';

  async function load(): Promise<void> {
    isLoading = true;
    for (let attempt = 0; isStale && isOnline();) {
      isStale = false;
      try {
        const { chats } = await rest.get<{ chats: readonly ChatSummary[] }>('/api/chats');
        attempt = 0;
        if (!isStale) show({ phase: 'ready', chats: orderChats(chats) });
      } catch (thrown) {
        show({ phase: 'failed' });
        if (!asRequestError(thrown).isTransient) break;
        isStale = true;
        await pause(retryDelay(attempt++));
      }
    }
    isLoading = false;
  }

  function show(change: Partial<ClientSnapshot['chatList']>): void {
    store.update((snapshot) => ({ ...snapshot, chatList: { ...snapshot.chatList, ...change } }));
  }

  function refresh(): void {
    isStale = true;
    if (!isLoading && isOnline()) void load();
  }

  return {
    refresh,
    refreshIfLoading: () => {
      if (isLoading) refresh();
    },
  };
}
