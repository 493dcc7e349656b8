import { LRUCache } from 'lru-cache';
import type { Logger } from '../logger.js';

/** A message with its place among those of its chat. */
export interface Placed {
  readonly chatId: number;
  /** Ids ascend over all chats; within one, in the order of commits. */
  readonly id: number;
  /** That of the message before this one in its chat; null where it is the first. */
  readonly previousId: number | null;
}

/** Lets the messages of each chat pass in the order of their ids, whichever process they come from, and each once. */
export interface InOrder<M extends Placed> {
  /** Messages up to this id pass no more: whoever connects from now on can read them. */
  begin(settledId: number): void;
  take(message: M): void;
  /** Whether this message has not passed here, and should have. */
  isMissing(message: Pick<Placed, 'chatId' | 'id'>): boolean;
  close(): void;
}

interface Needs<M> {
  /** What passes. */
  deliver(message: M): void;
  /** The newest of a chat before an id, ascending; undefined where the gap may be larger than that. */
  fetch(chatId: number, after: number, before: number): Promise<M[] | undefined>;
  /** A gap cannot be filled. */
  missed(): void;
  logger: Logger;
}

/** How long a message waits for the one before it, which another process announces; then that one is fetched. */
const patienceMs = 250;
/** How often it is fetched when the database does not answer. */
const maxAttempts = 20;
/** Chats remembered; far more than have messages under way at once. */
const maxChats = 50_000;

/** What has passed of a chat, and what waits. */
interface Line<M> {
  readonly chatId: number;
  /** The newest message that has passed. */
  last: number;
  /** Those that wait for an earlier one, by id. */
  held: M[];
  patience: NodeJS.Timeout | undefined;
}

/**
 * Two processes write to one chat in turn, by the lock of its row, and each announces what it wrote: the later message may
 * be heard of first. And a process that dies between commit and announcement leaves a gap, which is filled from the
 * database when the next message of the chat shows it.
 */
export function createInOrder<M extends Placed>({ deliver, fetch, missed, logger }: Needs<M>): InOrder<M> {
  /** What is up to there is nobody's here to be told. */
  let begun = Infinity;
  /** What is behind this and has no line has not passed here. */
  let horizon = begun;
  const lines = new LRUCache<number, Line<M>>({
    max: maxChats,
    dispose(line) {
      clearTimeout(line.patience);
      for (const message of line.held) tell(message);
      horizon = Math.max(horizon, line.last);
    },
  });

  function take(message: M): void {
    const line = lines.get(message.chatId) ?? lineBefore(message);
    if (message.id <= line.last || line.held.some(({ id }) => id === message.id)) return;
    const place = line.held.findIndex(({ id }) => id > message.id);
    line.held.splice(place === -1 ? line.held.length : place, 0, message);
    release(line);
  }

  /** Where the message before this one has not passed here, nor may have those before that one. */
  function lineBefore({ chatId, previousId }: M): Line<M> {
    const line: Line<M> = { chatId, last: Math.min(previousId ?? 0, horizon), held: [], patience: undefined };
    lines.set(chatId, line);
    return line;
  }

  function pass(line: Line<M>, message: M): void {
    line.last = message.id;
    tell(message);
  }

  function tell(message: M): void {
    if (message.id > begun) deliver(message);
  }

  function release(line: Line<M>): void {
    for (let next = line.held[0]; next !== undefined && (next.previousId ?? 0) <= line.last; next = line.held[0]) {
      line.held.shift();
      pass(line, next);
      clearTimeout(line.patience);
      line.patience = undefined;
    }
    if (line.held.length > 0 && line.patience === undefined) wait(line, 1);
  }

  function wait(line: Line<M>, attempt: number): void {
    line.patience = setTimeout(() => void fill(line, attempt), patienceMs);
    line.patience.unref();
  }

  async function fill(line: Line<M>, attempt: number): Promise<void> {
    const [waiting] = line.held;
    if (waiting === undefined) return;
    try {
      const found = await fetch(line.chatId, line.last, waiting.id);
      if (lines.peek(line.chatId) !== line) return;
      for (const message of found ?? []) if (message.id > line.last) pass(line, message);
      if (found === undefined) missed();
    } catch (err) {
      logger.debug({ err }, 'messages that were not announced could not be fetched');
      if (attempt < maxAttempts) return wait(line, attempt + 1);
      missed();
    }
    // Whatever came before is here now, or will not come.
    line.last = Math.max(line.last, waiting.previousId ?? 0);
    line.held = line.held.filter(({ id }) => id > line.last);
    line.patience = undefined;
    release(line);
  }

  return {
    begin: (settledId) => void (begun = horizon = settledId),
    take,
    isMissing({ chatId, id }) {
      const line = lines.peek(chatId);
      return line === undefined ? id > horizon : id > line.last && !line.held.some((held) => held.id === id);
    },
    close() {
      for (const line of lines.values()) {
        clearTimeout(line.patience);
        line.held = [];
      }
      lines.clear();
    },
  };
}
