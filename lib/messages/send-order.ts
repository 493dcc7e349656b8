import type { PersonRef } from '../auth/actor.js';

/** What senders have on its way into chats, in the order in which it came. */
export interface SendOrder {
  /** Whether a sender has anything on its way into a chat. */
  isUnderWay(sender: PersonRef, chatId: number): boolean;
  /** A place behind all of it. It must be left. */
  take(sender: PersonRef, chatId: number): Place;
}

export interface Place {
  /** Resolves once all before have left theirs; undefined where there are none. */
  readonly before: Promise<void> | undefined;
  /** Lets those behind go on. May be called again. */
  leave(): void;
}

/** Each sender has a line of their own in each chat, which is there as long as somebody stands in it. */
export function createSendOrder(): SendOrder {
  /** By sender and chat, what resolves once all have left who have come so far. */
  const lines = new Map<string, Promise<void>>();

  return {
    // Mostly there is no line at all.
    isUnderWay: (sender, chatId) => lines.size > 0 && lines.has(keyOf(sender, chatId)),

    take(sender, chatId) {
      const key = keyOf(sender, chatId);
      const before = lines.get(key);
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      // Whoever gives up leaves before those who stand before them.
      const allLeft = before === undefined ? left : before.then(() => left);
      lines.set(key, allLeft);
      void allLeft.then(() => {
        if (lines.get(key) === allLeft) lines.delete(key);
      });
      return { before, leave };
    },
  };
}

function keyOf({ type, id }: PersonRef, chatId: number): string {
  return `${chatId}:${type}:${id}`;
}
