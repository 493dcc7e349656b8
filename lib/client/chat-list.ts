import type { ChatSummary } from '../wire.js';
import { orderChats } from './chat-order.js';
import { asRequestError } from './request-error.js';
import type { Rest } from './rest.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import { pauseOnline, retryDelay, type ClientTiming } from './timing.js';

/** Fetches the list of chats. */
export interface ChatListLoader {
  /** Fetches it, or once more when a fetch is under way already, whose answer may be too old. */
  refresh(): void;
  /** For a change that the list shows already: only a fetch under way could take it back. */
  refreshIfLoading(): void;
}

/** Failures in a row that nobody needs to know of: a service that is replaced, or a line that breaks, is back by then. */
const quietAttempts = 2;

interface Needs {
  readonly store: Store<ClientSnapshot>;
  readonly rest: Pick<Rest, 'get'>;
  readonly timing: ClientTiming;
  /** The list as this client shows it. */
  readonly adjust: (chats: readonly ChatSummary[]) => readonly ChatSummary[];
}

export function createChatListLoader({ store, rest, timing, adjust }: Needs): ChatListLoader {
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
        if (!isStale) show({ phase: 'ready', chats: orderChats(adjust(chats)) });
      } catch (thrown) {
        const { isTransient } = asRequestError(thrown);
        if (!isTransient || attempt >= quietAttempts) show({ phase: 'failed' });
        if (!isTransient) break;
        isStale = true;
        await pauseOnline(store, retryDelay(attempt++, timing));
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
