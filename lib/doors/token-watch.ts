import type { ChatSocket } from './socket-types.js';

/** How long before its token ends a socket is told; of a token that has no longer to live, half of what it has. */
const warningMs = 60_000;
/** The longest that a timer of Node can wait. */
const maxTimerMs = 2_147_483_647;

/** Ends sockets with their tokens. */
export interface TokenWatch {
  /**
   * Begins, or begins anew after a refresh: `auth:expiring` a minute before the end, then disconnect. Once for each end: a
   * client that answers with the token that it has would be told again at once, and so on.
   */
  watch(socket: ChatSocket): void;
  forget(socket: ChatSocket): void;
}

/** Sockets for which the same moment comes, and the one timer that waits for it. */
interface Moment {
  readonly atMs: number;
  readonly sockets: Set<ChatSocket>;
  timer: NodeJS.Timeout;
}

/** Tokens end at whole seconds, many in the same one: a timer for each second is a fraction of one for each socket. */
export function createTokenWatch(): TokenWatch {
  const moments = new Map<number, Moment>();
  const awaited = new Map<ChatSocket, Moment>();
  /** The end of which a socket was told last. */
  const told = new WeakMap<ChatSocket, number>();

  function waitFor(atMs: number, socket: ChatSocket): void {
    const moment = moments.get(atMs) ?? createMoment(atMs);
    moment.sockets.add(socket);
    awaited.set(socket, moment);
  }

  function createMoment(atMs: number): Moment {
    const moment: Moment = { atMs, sockets: new Set(), timer: startTimer(atMs) };
    moments.set(atMs, moment);
    return moment;
  }

  function startTimer(atMs: number): NodeJS.Timeout {
    return setTimeout(() => reach(atMs), Math.min(Math.max(atMs - Date.now(), 0), maxTimerMs)).unref();
  }

  function reach(atMs: number): void {
    const moment = moments.get(atMs);
    if (moment === undefined) return;
    if (Date.now() < atMs) {
      moment.timer = startTimer(atMs);
      return;
    }
    moments.delete(atMs);
    for (const socket of moment.sockets) {
      awaited.delete(socket);
      warnOrEnd(socket);
    }
  }

  function warnOrEnd(socket: ChatSocket): void {
    const endMs = endOf(socket);
    if (Date.now() >= endMs) {
      socket.disconnect(true);
      return;
    }
    told.set(socket, endMs);
    socket.emit('auth:expiring', { expiresAt: new Date(endMs).toISOString() });
    waitFor(endMs, socket);
  }

  function forget(socket: ChatSocket): void {
    const moment = awaited.get(socket);
    if (moment === undefined) return;
    awaited.delete(socket);
    moment.sockets.delete(socket);
    if (moment.sockets.size > 0) return;
    clearTimeout(moment.timer);
    moments.delete(moment.atMs);
  }

  return {
    watch(socket) {
      forget(socket);
      const endMs = endOf(socket);
      const leftMs = endMs - Date.now();
      const isTold = told.get(socket) === endMs;
      waitFor(isTold ? endMs : Math.floor(endMs - (leftMs > warningMs ? warningMs : leftMs / 2)), socket);
    },
    forget,
  };
}

/** In milliseconds. A token may end within a second, though hardly any does. */
function endOf({ data }: ChatSocket): number {
  return Math.ceil(data.expiresAt * 1_000);
}
