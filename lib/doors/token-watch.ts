import type { ChatSocket } from './socket-types.js';

/** How long before its token ends a socket is told. */
const warningMs = 60_000;
/** The longest that a timer of Node can wait. */
const maxTimerMs = 2_147_483_647;

/** Ends sockets with their tokens. One timer a socket. */
export interface TokenWatch {
  /** Begins, or begins anew after a refresh: `auth:expiring` a minute before the end, then disconnect. */
  watch(socket: ChatSocket): void;
  forget(socket: ChatSocket): void;
}

export function createTokenWatch(): TokenWatch {
  const timers = new Map<string, NodeJS.Timeout>();

  function wait(socket: ChatSocket, untilMs: number, then: () => void): void {
    const ms = untilMs - Date.now();
    const step = ms > maxTimerMs ? () => wait(socket, untilMs, then) : then;
    const timer = setTimeout(step, Math.min(Math.max(ms, 0), maxTimerMs));
    timer.unref();
    timers.set(socket.id, timer);
  }

  function watch(socket: ChatSocket): void {
    clearTimeout(timers.get(socket.id));
    const endMs = socket.data.expiresAt * 1_000;
    wait(socket, endMs - warningMs, () => {
      socket.emit('auth:expiring', { expiresAt: new Date(endMs).toISOString() });
      wait(socket, endMs, () => socket.disconnect(true));
    });
  }

  return {
    watch,
    forget(socket) {
      clearTimeout(timers.get(socket.id));
      timers.delete(socket.id);
    },
  };
}
