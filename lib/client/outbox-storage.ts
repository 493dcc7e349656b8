import type { OutgoingMessage, ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import type { PersonRef } from '../wire.js';

/** What `localStorage` offers of itself; any store of strings will do. */
export interface TextStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the outbox over reloads and crashes. Every message is an entry of its own, so that two tabs of one person do
 * not overwrite each other; if both send it, the service still makes one message of it. Pictures are too large for
 * this storage: a message with pictures lives as long as its page.
 */
export function keepOutbox(store: Store<ClientSnapshot>, storage: TextStorage, me: PersonRef): () => void {
  const prefix = `koa-chat:outbox:${me.type}-${me.id}:`;
  let kept: readonly OutgoingMessage[] = [];

  function mirror(): void {
    const { outbox } = store.get();
    if (outbox === kept) return;
    const ids = new Set(outbox.map(({ clientMessageId }) => clientMessageId));
    for (const { clientMessageId } of kept) if (!ids.has(clientMessageId)) storage.removeItem(prefix + clientMessageId);
    for (const entry of outbox) if (!kept.includes(entry)) keep(entry);
    kept = outbox;
  }

  function keep({ clientMessageId, chatId, content, images, queuedAt, failure }: OutgoingMessage): void {
    if (images.length > 0) return;
    try {
      storage.setItem(prefix + clientMessageId, JSON.stringify({ chatId, content, queuedAt, failure }));
    } catch {
      // Storage is full or forbidden: the message is still sent, it only would not outlive the page.
    }
  }

  kept = readEntries(storage, prefix);
  store.update((snapshot) => ({ ...snapshot, outbox: [...kept, ...snapshot.outbox] }));
  mirror();
  return store.subscribe(mirror);
}

function readEntries(storage: TextStorage, prefix: string): readonly OutgoingMessage[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  const entries = keys.map((key) =>
    key?.startsWith(prefix) ? parseEntry(key.slice(prefix.length), storage.getItem(key)) : null,
  );
  return entries.filter((entry) => entry !== null).sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
}

/** Null for what this version cannot read. */
function parseEntry(clientMessageId: string, text: string | null): OutgoingMessage | null {
  try {
    const entry: unknown = JSON.parse(text ?? '');
    if (typeof entry !== 'object' || entry === null) return null;
    const { chatId, content, queuedAt, failure } = entry as Partial<Record<keyof OutgoingMessage, unknown>>;
    if (typeof chatId !== 'number' || typeof content !== 'string' || typeof queuedAt !== 'string') return null;
    const waiting: OutgoingMessage = { clientMessageId, chatId, content, images: [], queuedAt, status: 'waiting' };
    // What was refused before would be refused again: it waits to be looked at.
    return isFailure(failure) ? { ...waiting, status: 'failed', failure } : waiting;
  } catch {
    return null;
  }
}

function isFailure(value: unknown): value is NonNullable<OutgoingMessage['failure']> {
  const { code, message } = Object(value) as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}
