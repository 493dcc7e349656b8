import { arrive, begin, changeConversation, markRead, noteDetails, prepend, settle } from './conversation-state.js';
import { asRequestError } from './request-error.js';
import type { Rest } from './rest.js';
import type { ClientSnapshot, Conversation } from './snapshot.js';
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
  /** The chat may be open again by then, as a conversation that knows nothing of what this one still waits for. */
  let isClosed = false;

  const isOnline = (): boolean => store.get().connection.status === 'online';
  const current = (): Conversation | undefined => store.get().conversations.get(chatId);

  function update(change: (snapshot: ClientSnapshot) => ClientSnapshot): void {
    if (!isClosed) store.update(change);
  }

  const set = (changes: Partial<Conversation>): void =>
    update((snapshot) => changeConversation(snapshot, chatId, (before) => ({ ...before, ...changes })));

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
        if (current()?.phase === 'failed') set({ phase: 'ready' });
        if (isMissed) await fetchReading(isOver);
        return;
      } catch (thrown) {
        if (isOver()) return;
        const error = asRequestError(thrown);
        if (!error.isTransient) return set({ phase: 'failed' });
        await pauseOnline(store, error.retryAfterMs ?? retryDelay(attempt, timing));
      }
    }
  }

  async function fetchNewest(isOver: () => boolean): Promise<void> {
    const [details, page] = await Promise.all([fetchDetails(), fetchPage(`limit=${firstPageSize()}`)]);
    if (isOver()) return;
    provenTo = page.messages.at(-1)?.id ?? 0;
    update((snapshot) => begin(snapshot, chatId, details, page));
  }

  /** Every page after what is proven. */
  async function fetchMissed(isOver: () => boolean): Promise<void> {
    const nextPage = (): Promise<MessagePage> => fetchPage(`after=${provenTo}&limit=${largestPage}`);
    const [details, first] = await Promise.all([fetchDetails(), nextPage()]);
    for (let page = first; !isOver(); page = await nextPage()) {
      const { messages, hasMore } = page;
      provenTo = messages.at(-1)?.id ?? provenTo;
      update((snapshot) => arrive(noteDetails(snapshot, details), chatId, messages));
      if (!hasMore) return;
    }
  }

  /** Receipts were missed too: whatever was unread is looked at again, the newest first. */
  async function fetchReading(isOver: () => boolean): Promise<void> {
    for (let before = provenTo + 1, isMore = true; isMore;) {
      const shown = current()?.messages.filter(({ id }) => id < before) ?? [];
      const unread = shown.findIndex(({ isRead }) => !isRead);
      if (unread < 0) return;
      const limit = Math.min(shown.length - unread, largestPage);
      const { messages } = await fetchPage(`before=${before}&limit=${limit}`);
      if (isOver()) return;
      update((snapshot) => arrive(snapshot, chatId, messages));
      before = messages[0]?.id ?? 0;
      isMore = messages.length === largestPage;
    }
  }

  const fetchDetails = (): Promise<ChatDetails> => rest.get(`/api/chats/${chatId}`);

  /** With the receipts that came while it was on its way. */
  async function fetchPage(query: string): Promise<MessagePage> {
    const page = await rest.get<MessagePage>(`/api/chats/${chatId}/messages?${query}`);
    return { ...page, messages: page.messages.map(withReceipt) };
  }

  function withReceipt(message: Message): Message {
    const readAt = earlyReceipts.get(message.id);
    return readAt === undefined ? message : { ...message, isRead: true, readAt };
  }

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
    const arrived = withReceipt(message);
    update((snapshot) => arrive(snapshot, chatId, [arrived]));
  }

  return {
    sync,
    receive,
    isInStep: () => held === null,

    suspend() {
      run++;
      // What is held stays: not all of it comes again, for an acknowledged message can be older than what is fetched.
      held ??= [];
      earlyReceipts.clear();
    },

    close() {
      run++;
      const waiting = held ?? [];
      update((snapshot) => settle(snapshot, chatId, waiting));
      isClosed = true;
    },

    receiveReceipt(messageIds, readAt) {
      const known = new Set(current()?.messages.map(({ id }) => id));
      const isAwaited = (id: number): boolean => id > provenTo || current()?.older === 'loading';
      for (const id of messageIds) if (isAwaited(id) && !known.has(id)) earlyReceipts.set(id, readAt);
      update((snapshot) => markRead(snapshot, chatId, messageIds, readAt));
    },

    async loadOlder() {
      const conversation = current();
      const oldest = conversation?.messages[0];
      if (oldest === undefined || !conversation?.hasOlder || conversation.older === 'loading') return;
      set({ older: 'loading' });
      try {
        const page = await fetchPage(`before=${oldest.id}&limit=${pageSize}`);
        update((snapshot) => prepend(snapshot, chatId, page));
      } catch {
        set({ older: 'failed' });
      }
    },

    async renewImages(messageId) {
      const page = await fetchPage(`before=${messageId + 1}&limit=1`);
      update((snapshot) => arrive(snapshot, chatId, page.messages));
    },
  };
}
