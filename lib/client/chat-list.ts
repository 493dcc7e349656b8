import type { ChatSummary } from '../wire.js';
import { keepChanged, orderChats } from './chat-order.js';
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
/** Between two fetches, in milliseconds, where something happens during each. */
const busyMs = 1_000;

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
    for (let attempt = 0, wasOvertaken = false; isStale && isOnline();) {
      isStale = false;
      const { phase, chats: before } = store.get().chatList;
      try {
        const { chats } = await rest.get<{ chats: readonly ChatSummary[] }>('/api/chats');
        attempt = 0;
        // What happened meanwhile, the next answer knows of. Where that goes on, this one is better than none.
        const isOvertaken: boolean = isStale;
        const answer = adjust(chats);
        if (!isOvertaken) show(answer);
        else if (wasOvertaken || phase !== 'ready') show(keepChanged(before, store.get().chatList.chats, answer));
        if (isOvertaken && wasOvertaken) await pauseOnline(store, busyMs);
        wasOvertaken = isOvertaken;
      } catch (thrown) {
        const { isTransient, retryAfterMs } = asRequestError(thrown);
        if (!isTransient || attempt >= quietAttempts) change({ phase: 'failed' });
        if (!isTransient) break;
        isStale = true;
        await pauseOnline(store, retryAfterMs ?? retryDelay(attempt++, timing));
      }
    }
    isLoading = false;
  }

  function show(chats: readonly ChatSummary[]): void {
    change({ phase: 'ready', chats: orderChats(chats) });
  }

  function change(to: Partial<ClientSnapshot['chatList']>): void {
    store.update((snapshot) => ({ ...snapshot, chatList: { ...snapshot.chatList, ...to } }));
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
