import type { LiveConnection } from './live-connection.js';

/** Tells the other participant that we are typing, no oftener than needed. */
export interface TypingSignal {
  /** Call with true at each change of the text, with false when it was sent or emptied. */
  set(chatId: number, isTyping: boolean): void;
  /** The connection broke, and the service has forgotten: what is typed next is told anew. */
  forget(): void;
}

/** The service forgets a typist after 6 s without a repeat. */
const repeatMs = 3_000;
/** Whoever has not touched a key for so long is thinking, not typing. */
const idleMs = 4_000;

export function createTypingSignal(
  live: Pick<LiveConnection, 'call'>,
  now: () => number = () => performance.now(),
): TypingSignal {
  let typing: { chatId: number; toldAt: number; idle: ReturnType<typeof setTimeout> } | null = null;

  /** A hint: when it does not arrive, nobody is told that we type, and no harm is done. */
  function tell(event: 'typing:start' | 'typing:stop', chatId: number): void {
    live.call(event, { sessionId: chatId }).catch(() => undefined);
  }

  function forget(): void {
    clearTimeout(typing?.idle);
    typing = null;
  }

  function stop(): void {
    if (typing === null) return;
    tell('typing:stop', typing.chatId);
    forget();
  }

  return {
    forget,
    set(chatId, isTyping) {
      if (!isTyping && typing?.chatId !== chatId) return;
      if (typing !== null && typing.chatId !== chatId) stop();
      if (!isTyping) return stop();
      clearTimeout(typing?.idle);
      let toldAt = typing?.toldAt;
      if (toldAt === undefined || now() - toldAt >= repeatMs) {
        toldAt = now();
        tell('typing:start', chatId);
      }
      typing = { chatId, toldAt, idle: setTimeout(stop, idleMs) };
    },
  };
}
