import { pause, retryDelay } from './pause.js';
import { asRequestError, type RequestError } from './request-error.js';
import type { ClientSnapshot, OutgoingMessage } from './snapshot.js';
import type { Store } from './store.js';
import type { Message } from '../wire.js';

/** Messages on their way out: shown at once, sent in the order of writing, tried again without making two of one. */
export interface Outbox {
  /** Returns the id that the message goes by until it has arrived. */
  add(chatId: number, content: string, images: readonly Blob[]): string;
  /** Sends a failed message again, under the same id: if it had arrived after all, the service answers with that one. */
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
  /** Sends what waits. */
  drain(): void;
}

/** Sends one message. Rejects with `RequestError`. */
export type Deliver = (message: OutgoingMessage) => Promise<Message>;

/** How often a message is tried over a good connection before it is called failed. */
const mostAttempts = 6;

export function createOutbox(
  store: Store<ClientSnapshot>,
  deliver: Deliver,
  onDelivered: (chatId: number, message: Message) => void,
): Outbox {
  /** Chats whose messages are being sent now, one after the other. */
  const draining = new Set<number>();

  const isOnline = (): boolean => store.get().connection.status === 'online';
  const nextOf = (chatId: number): OutgoingMessage | undefined =>
    store.get().outbox.find((entry) => entry.chatId === chatId && entry.status === 'waiting');

  function change(clientMessageId: string, to: Partial<OutgoingMessage>): void {
    store.update((snapshot) => ({
      ...snapshot,
      outbox: snapshot.outbox.map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...to } : entry)),
    }));
  }

  async function drainChat(chatId: number): Promise<void> {
    if (draining.has(chatId)) return;
    draining.add(chatId);
    for (let next = nextOf(chatId); next !== undefined && isOnline(); next = nextOf(chatId)) await sendOne(next);
    draining.delete(chatId);
  }

  async function sendOne(entry: OutgoingMessage): Promise<void> {
    const { clientMessageId, chatId } = entry;
    change(clientMessageId, { status: 'sending' });
    for (let attempt = 0; ; attempt++) {
      try {
        onDelivered(chatId, await deliver(entry));
        return;
      } catch (thrown) {
        const error = asRequestError(thrown);
        const isLast = attempt + 1 >= mostAttempts;
        if (error.isTransient && isOnline() && !isLast) await pause(error.retryAfterMs ?? retryDelay(attempt));
        // Whether the pause or the attempt outlived the connection: it goes out with the next one.
        if (error.isTransient && !isOnline()) return change(clientMessageId, { status: 'waiting' });
        if (!error.isTransient || isLast) return fail(clientMessageId, error);
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
      const entry: OutgoingMessage = { clientMessageId, chatId, content, images, queuedAt, status: 'waiting' };
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
      store.update((snapshot) => ({
        ...snapshot,
        outbox: snapshot.outbox.filter((entry) => entry.clientMessageId !== clientMessageId),
      }));
    },

    drain() {
      for (const chatId of new Set(store.get().outbox.map((entry) => entry.chatId))) void drainChat(chatId);
    },
  };
}

/** 128 random bits. Not `randomUUID`, which browsers offer on secure origins alone. */
function newClientMessageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
