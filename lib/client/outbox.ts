import type { Message } from '../wire.js';
import { asRequestError, type RequestError } from './request-error.js';
import type { ClientSnapshot, OutgoingMessage } from './snapshot.js';
import type { Store } from './store.js';
import { pauseOnline, retryDelay, type ClientTiming } from './timing.js';

/** Messages on their way out: shown at once, sent in the order of writing, tried again without making two of one. */
export interface Outbox {
  /** Returns the id that the message goes by until it has arrived. */
  add(chatId: number, content: string, images: readonly Blob[]): string;
  /** Sends a failed message again, under the same id: if it had arrived after all, the service answers with that one. */
  retry(clientMessageId: string): void;
  /** Takes a message out, and ends its upload. One that is on its way may still arrive, and shows then. */
  discard(clientMessageId: string): void;
  /** Sends what waits. Before the first call nothing is sent: what was written before this page goes first. */
  drain(): void;
}

/** What becomes of a message while it is being sent. */
export interface Delivery {
  /** Fires when the message is discarded. */
  readonly signal: AbortSignal;
  readonly onProgress: (sent: number) => void;
}

interface Needs {
  readonly store: Store<ClientSnapshot>;
  readonly timing: ClientTiming;
  /** Sends one message. Rejects with `RequestError`. */
  readonly deliver: (message: OutgoingMessage, delivery: Delivery) => Promise<Message>;
  /** Shows it, which takes it out of the outbox. */
  readonly onDelivered: (chatId: number, message: Message) => void;
  /** False for a message that another tab has dealt with. */
  readonly isStillWanted: (clientMessageId: string) => Promise<boolean>;
}

/** How often the service may fail over a message, without being out of order altogether, before it is called failed. */
const mostFaults = 6;

export function createOutbox({ store, timing, deliver, onDelivered, isStillWanted }: Needs): Outbox {
  /** Chats whose messages are being sent now, one after the other. */
  const draining = new Set<number>();
  const underWay = new Map<string, AbortController>();

  let isBegun = false;

  const isOnline = (): boolean => store.get().connection.status === 'online';
  const isQueued = (id: string): boolean => store.get().outbox.some(({ clientMessageId }) => clientMessageId === id);
  const nextOf = (chatId: number): OutgoingMessage | undefined =>
    store.get().outbox.find((entry) => entry.chatId === chatId && entry.status === 'waiting');

  function change(clientMessageId: string, to: Partial<OutgoingMessage>): void {
    store.update((snapshot) => ({
      ...snapshot,
      outbox: snapshot.outbox.map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...to } : entry)),
    }));
  }

  function remove(clientMessageId: string): void {
    store.update((snapshot) => ({
      ...snapshot,
      outbox: snapshot.outbox.filter((entry) => entry.clientMessageId !== clientMessageId),
    }));
  }

  async function drainChat(chatId: number): Promise<void> {
    if (draining.has(chatId) || !isBegun || !isOnline()) return;
    draining.add(chatId);
    for (let next = nextOf(chatId); next !== undefined && isOnline(); next = nextOf(chatId)) await sendOne(next);
    draining.delete(chatId);
  }

  async function sendOne(entry: OutgoingMessage): Promise<void> {
    const { clientMessageId: id } = entry;
    const controller = new AbortController();
    underWay.set(id, controller);
    change(id, { status: 'sending', progress: 0 });
    try {
      await tryToDeliver(entry, controller.signal);
    } finally {
      underWay.delete(id);
    }
  }

  async function tryToDeliver(entry: OutgoingMessage, signal: AbortSignal): Promise<void> {
    const { clientMessageId: id, chatId } = entry;
    const onProgress = (progress: number): void => change(id, { progress });
    // Its event may settle what its answer did not.
    for (let attempt = 0, faults = 0; isQueued(id); attempt++) {
      if (!(await isStillWanted(id))) return remove(id);
      if (signal.aborted) return;
      try {
        return onDelivered(chatId, await deliver(entry, { signal, onProgress }));
      } catch (thrown) {
        const error = asRequestError(thrown);
        if (signal.aborted) return;
        if (!error.isOutage) faults++;
        if (!error.isTransient || faults >= mostFaults) return fail(id, error);
        if (isOnline()) await pauseOnline(store, error.retryAfterMs ?? retryDelay(attempt, timing));
        // It goes out with the next connection, in its turn.
        if (!isOnline()) return change(id, { status: 'waiting', progress: 0 });
      }
    }
  }

  function fail(clientMessageId: string, { code, message }: RequestError): void {
    change(clientMessageId, { status: 'failed', failure: { code, message } });
  }

  return {
    add(chatId, content, images) {
      const clientMessageId = newClientMessageId();
      const queuedAt = new Date().toISOString();
      const entry = { clientMessageId, chatId, content, images, queuedAt, status: 'waiting', progress: 0 } as const;
      store.update((snapshot) => ({ ...snapshot, outbox: [...snapshot.outbox, entry] }));
      void drainChat(chatId);
      return clientMessageId;
    },

    retry(clientMessageId) {
      const entry = store.get().outbox.find((one) => one.clientMessageId === clientMessageId);
      if (entry?.status !== 'failed') return;
      change(clientMessageId, { status: 'waiting', failure: undefined });
      void drainChat(entry.chatId);
    },

    discard(clientMessageId) {
      remove(clientMessageId);
      underWay.get(clientMessageId)?.abort();
    },

    drain() {
      isBegun = true;
      for (const chatId of new Set(store.get().outbox.map((entry) => entry.chatId))) void drainChat(chatId);
    },
  };
}

/** 128 random bits. Not `randomUUID`, which browsers offer on secure origins alone. */
function newClientMessageId(): string {
  const bytes = new Uint8Array(16);
  const { crypto } = globalThis as { crypto?: { getRandomValues(array: Uint8Array): void } };
  // React Native has no `crypto` unless the app brings one; an id need not be secret, only its own.
  if (crypto === undefined) bytes.forEach((_, index) => (bytes[index] = Math.random() * 256));
  else crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
