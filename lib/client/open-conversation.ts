import { arrive, begin, changeConversation, markRead, noteDetails, prepend, settle } from './conversation-state.js';
import { asRequestError } from './request-error.js';
import type { Rest } from './rest.js';
import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import { pauseOnline, retryDelay, type ClientTiming } from './timing.js';
import type { ChatDetails, Message, MessagePage } from '../wire.js';

/** One conversation while it is open: each message once, in order, with no gap, whatever the network does. */
export interface OpenConversation {
  /** Fetches what is missing: at first, after each connection, after a failure. */
  sync(): Promise<void>;
  /** The line broke: from here on something may be missing. */
  suspend(): void;
  /** False while something has still to be fetched before what came by itself is shown. */
  isInStep(): boolean;
  /** Nobody looks any more. */
  close(): void;
  /** A message from the socket or from an acknowledgement. */
  receive(message: Message): void;
  receiveReceipt(messageIds: readonly number[], readAt: string): void;
  /** Adds the page before the oldest message; its failure shows in the snapshot. */
  loadOlder(): Promise<void>;
  /** Asks again for a message whose signed picture URLs have run out. */
  renewImages(messageId: number): Promise<void>;
}

const pageSize = 30;
/** The most that the service gives at once. */
const largestPage = 100;

export interface OpenConversationNeeds {
  readonly store: Store<ClientSnapshot>;
  readonly rest: Pick<Rest, 'get'>;
  readonly timing: ClientTiming;
}

export function createOpenConversation(chatId: number, needs: OpenConversationNeeds): OpenConversation {
  const { store, rest, timing } = needs;
  /**
   * A page has proven that nothing up to this id is missing; 0 before there was one. Live events prove nothing: one
   * may overtake another, or be lost with the process that should have sent it.
   */
  let provenTo = 0;
  /** Messages that came while a page was on its way, so that none shows before those it follows; null when in step. */
  let held: Message[] | null = [];
  /** Receipts that overtook their message, id to `readAt`. */
  const earlyReceipts = new Map<number, string>();
  /** Changes when what is being fetched should be forgotten. */
  let run = 0;

  const isOnline = (): boolean => store.get().connection.status === 'online';

  async function sync(): Promise<void> {
    const thisRun = ++run;
    const isOver = (): boolean => run !== thisRun || !isOnline();
    held ??= [];
    for (let attempt = 0; !isOver(); attempt++) {
      try {
        const isMissed = provenTo > 0;
        await (isMissed ? fetchMissed(isOver) : fetchNewest(isOver));
        if (isOver()) return;
        letThrough();
        if (isMissed) await fetchReading(isOver);
        return;
      } catch (thrown) {
        if (isOver()) return;
        if (!asRequestError(thrown).isTransient) {
          store.update((s) => changeConversation(s, chatId, (conversation) => ({ ...conversation, phase: 'failed' })));
          return;
        }
        await pauseOnline(store, retryDelay(attempt, timing));
      }
    }
  }

  async function fetchNewest(isOver: () => boolean): Promise<void> {
    const [details, page] = await Promise.all([fetchDetails(), fetchPage(`limit=${firstPageSize()}`)]);
    if (isOver()) return;
    provenTo = page.messages.at(-1)?.id ?? 0;
    store.update((snapshot) => begin(snapshot, chatId, details, page));
  }

  /** Every page after what is proven. */
  async function fetchMissed(isOver: () => boolean): Promise<void> {
    const nextPage = (): Promise<MessagePage> => fetchPage(`after=${provenTo}&limit=${largestPage}`);
    const [details, first] = await Promise.all([fetchDetails(), nextPage()]);
    for (let page = first; !isOver(); page = await nextPage()) {
      const { messages, hasMore } = page;
      provenTo = messages.at(-1)?.id ?? provenTo;
      store.update((snapshot) => arrive(noteDetails(snapshot, details), chatId, messages));
      if (!hasMore) return;
    }
  }

  /** Receipts were missed too: whatever was unread is looked at again, the newest first. */
  async function fetchReading(isOver: () => boolean): Promise<void> {
    for (let before = provenTo + 1, isMore = true; isMore;) {
      const shown =
        store
          .get()
          .conversations.get(chatId)
          ?.messages.filter(({ id }) => id < before) ?? [];
      const unread = shown.findIndex(({ isRead }) => !isRead);
      if (unread < 0) return;
      const limit = Math.min(shown.length - unread, largestPage);
      const { messages } = await fetchPage(`before=${before}&limit=${limit}`);
      if (isOver()) return;
      store.update((snapshot) => arrive(snapshot, chatId, messages));
      before = messages[0]?.id ?? 0;
      isMore = messages.length === largestPage;
    }
  }

  const fetchDetails = (): Promise<ChatDetails> => rest.get(`/api/chats/${chatId}`);
  const fetchPage = (query: string): Promise<MessagePage> => rest.get(`/api/chats/${chatId}/messages?${query}`);

  /** Enough to show the first unread message with a little before it. */
  function firstPageSize(): number {
    const unread = store.get().chatList.chats.find(({ id }) => id === chatId)?.unreadCount ?? 0;
    return Math.min(largestPage, Math.max(pageSize, unread + 10));
  }

  function letThrough(): void {
    const waiting = held ?? [];
    held = null;
    for (const message of waiting) receive(message);
  }

  function receive(message: Message): void {
    if (held !== null) {
      held.push(message);
      return;
    }
    const readAt = earlyReceipts.get(message.id);
    earlyReceipts.delete(message.id);
    const arrived = readAt === undefined ? message : { ...message, isRead: true, readAt };
    store.update((snapshot) => arrive(snapshot, chatId, [arrived]));
  }

  return {
    sync,
    receive,
    isInStep: () => held === null,

    suspend() {
      run++;
      // What came by itself is fetched again with all that did not come.
      held = [];
      earlyReceipts.clear();
    },

    close() {
      run++;
      const waiting = held ?? [];
      store.update((snapshot) => settle(snapshot, chatId, waiting));
    },

    receiveReceipt(messageIds, readAt) {
      const known = new Set(
        store
          .get()
          .conversations.get(chatId)
          ?.messages.map(({ id }) => id),
      );
      for (const id of messageIds) if (id > provenTo && !known.has(id)) earlyReceipts.set(id, readAt);
      store.update((snapshot) => markRead(snapshot, chatId, messageIds, readAt));
    },

    async loadOlder() {
      const conversation = store.get().conversations.get(chatId);
      const oldest = conversation?.messages[0];
      if (oldest === undefined || !conversation?.hasOlder || conversation.older === 'loading') return;
      const setOlder = (older: 'loading' | 'failed'): void =>
        store.update((snapshot) => changeConversation(snapshot, chatId, (before) => ({ ...before, older })));
      setOlder('loading');
      try {
        const page = await fetchPage(`before=${oldest.id}&limit=${pageSize}`);
        store.update((snapshot) => prepend(snapshot, chatId, page));
      } catch {
        setOlder('failed');
      }
    },

    async renewImages(messageId) {
      const page = await fetchPage(`before=${messageId + 1}&limit=1`);
      store.update((snapshot) => arrive(snapshot, chatId, page.messages));
    },
  };
}
