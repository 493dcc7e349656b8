import type { ChatSocket } from './socket-types.js';

/** How long before its token ends a socket is told. */
const warningMs = 60_000;
/** The longest that a timer of Node can wait. */
const maxTimerMs = 2_147_483_647;

/** Ends sockets with their tokens. */
export interface TokenWatch {
  /** Begins, or begins anew after a refresh: `auth:expiring` a minute before the end, then disconnect. */
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
      waitFor(endOf(socket) - warningMs, socket);
    },
    forget,
  };
}

/** In milliseconds. A token may end within a second, though hardly any does. */
function endOf({ data }: ChatSocket): number {
  return Math.ceil(data.expiresAt * 1_000);
}
