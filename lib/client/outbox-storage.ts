import type { PersonRef } from '../wire.js';
import type { ClientSnapshot, OutgoingMessage } from './snapshot.js';
import type { OutboxStorage } from './storage.js';
import type { Store } from './store.js';
import { within } from './timing.js';

/** How long a send may wait for the storage, in milliseconds: one that hangs keeps nothing back. */
const storageMs = 2_000;
/** A discard is noted for so long: until every tab that has the message will have looked. */
const discardNotedMs = 7 * 24 * 3_600_000;

/**
 * Keeps the outbox over reloads and crashes. Every message is an entry of its own, so that two tabs of one person do
 * not overwrite each other; if both send it, the service makes one message of it. Pictures are too large for this
 * storage: a message with pictures lives as long as its page.
 */
export interface KeptOutbox {
  /** Brings back what this person could not send before, ahead of what was written since, and keeps from now on. */
  load(me: PersonRef): Promise<void>;
  /** Tells the other tabs that the message is given up. Call it before the message leaves the outbox. */
  noteDiscard(clientMessageId: string): void;
  /** False when another tab has given the message up. One that it has sent may be sent again: that makes no second one. */
  isStillWanted(clientMessageId: string): Promise<boolean>;
}

/** @param service Its URL. Several may be on one origin, and have one storage: their chats have the same ids. */
export function keepOutbox(store: Store<ClientSnapshot>, storage: OutboxStorage, service: string): KeptOutbox {
  let prefix = '';
  let seen: readonly OutgoingMessage[] = [];
  /** Entries that are in the storage, as far as this page knows. */
  const kept = new Set<string>();
  let lastPlace = 0;
  /** One thing at a time, in order: a storage may answer late. */
  let last: Promise<unknown> = Promise.resolve();

  function mirror(): void {
    const { outbox } = store.get();
    if (outbox === seen) return;
    const before = new Map(seen.map((entry) => [entry.clientMessageId, entry]));
    const ids = new Set(outbox.map(({ clientMessageId }) => clientMessageId));
    for (const id of before.keys()) if (!ids.has(id)) remove(id);
    for (const entry of outbox) {
      const known = before.get(entry.clientMessageId);
      if (known === undefined || known.failure !== entry.failure) keep(entry);
    }
    seen = outbox;
  }

  function keep({ clientMessageId: id, chatId, content, images, queuedAt, failure }: OutgoingMessage): void {
    if (images.length > 0) return;
    // Clocks go back; the order of writing does not.
    const place = (lastPlace = Math.max(lastPlace + 1, Date.now()));
    const value = JSON.stringify({ chatId, content, queuedAt, place, failure });
    later(async () => {
      await storage.set(prefix + id, value);
      kept.add(id);
    });
  }

  function remove(id: string): void {
    later(async () => {
      if (kept.delete(id)) await storage.remove(prefix + id);
    });
  }

  /** Storage is full or forbidden: the message is still sent, it only would not outlive the page. */
  function later(task: () => Promise<void>): void {
    last = last.then(task).catch(() => undefined);
  }

  return {
    async load(me) {
      prefix = `koa-chat:outbox:${service}:${me.type}-${me.id}:`;
      const { entries, outdated } = await readEntries(storage, prefix);
      for (const key of outdated) later(async () => void (await storage.remove(key)));
      for (const { message, place } of entries) {
        kept.add(message.clientMessageId);
        lastPlace = Math.max(lastPlace, place);
      }
      const messages = entries.map(({ message }) => message);
      seen = messages;
      store.update((snapshot) => ({ ...snapshot, outbox: [...messages, ...snapshot.outbox] }));
      mirror();
      store.subscribe(mirror);
    },

    noteDiscard(id) {
      later(async () => {
        if (kept.delete(id)) await storage.set(prefix + id, JSON.stringify({ discardedAt: Date.now() }));
      });
    },

    async isStillWanted(id) {
      await within(storageMs, last);
      if (!kept.has(id)) return true;
      const value = await within(
        storageMs,
        Promise.resolve().then(() => storage.get(prefix + id)),
      ).catch(() => null);
      // Nothing there says nothing: somebody has cleared the storage.
      if (discardOf(value) === undefined) return true;
      // The note stays, for a third tab.
      kept.delete(id);
      return false;
    },
  };
}

interface Entry {
  readonly message: OutgoingMessage;
  readonly place: number;
}

interface Found {
  /** In the order of writing. */
  readonly entries: readonly Entry[];
  /** The keys of discards that need not be noted any more. */
  readonly outdated: readonly string[];
}

async function readEntries(storage: OutboxStorage, prefix: string): Promise<Found> {
  try {
    const found = await storage.entries(prefix);
    const entries = found
      .map(([key, value]) => parseEntry(key.slice(prefix.length), value))
      .filter((entry) => entry !== null)
      .sort((a, b) => a.place - b.place);
    const isOutdated = (value: string): boolean => Date.now() - (discardOf(value) ?? Infinity) > discardNotedMs;
    return { entries, outdated: found.filter(([, value]) => isOutdated(value)).map(([key]) => key) };
  } catch {
    return { entries: [], outdated: [] };
  }
}

/** When the message of this entry was discarded; undefined for one that was not. */
function discardOf(value: string | null | undefined): number | undefined {
  const { discardedAt } = fields(value ?? '');
  return typeof discardedAt === 'number' ? discardedAt : undefined;
}

/** Empty for what is no JSON. */
function fields(text: string): Partial<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Null for what this version cannot read. */
function parseEntry(clientMessageId: string, text: string): Entry | null {
  const { chatId, content, queuedAt, place, failure } = fields(text);
  if (typeof chatId !== 'number' || typeof content !== 'string' || typeof queuedAt !== 'string') return null;
  const outgoing = { clientMessageId, chatId, content, images: [], queuedAt, progress: 0 };
  return {
    // What was refused before would be refused again: it waits to be looked at.
    message: isFailure(failure) ? { ...outgoing, status: 'failed', failure } : { ...outgoing, status: 'waiting' },
    place: typeof place === 'number' ? place : 0,
  };
}

function isFailure(value: unknown): value is NonNullable<OutgoingMessage['failure']> {
  const { code, message } = Object(value) as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}
