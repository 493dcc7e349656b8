import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Sighting } from './journal.js';

/**
 * A client that follows a chat as the API says: live events, and after each connection `after=` from where it was. It
 * keeps everything in the order in which it came.
 */
export interface Follower {
  readonly name: string;
  readonly chatId: number;
  readonly socket: Socket;
  readonly sightings: readonly Sighting[];
  /** Reasons of the disconnects so far. */
  readonly disconnects: readonly string[];
  /** Resolves once the socket is there and what it missed on the way has been fetched. Rejects when that takes 30 s. */
  connected(): Promise<void>;
  /** The newest message that it has seen. */
  readonly newest: number;
  close(): void;
}

const patienceMs = 30_000;
const refusedPauseMs = 300;

interface Page {
  messages: { id: number; content: string }[];
  hasMore: boolean;
  nextCursor: string | null;
}

/** `since` is the id of a message: it follows what comes after that. */
export function follow(name: string, url: string, token: () => string, chatId: number, since: number): Follower {
  const sightings: Sighting[] = [];
  const disconnects: string[] = [];
  let newest = since;
  /** Since the last connection. */
  let isCaughtUp = false;
  let isClosed = false;
  let lastTrouble: unknown;
  /** From a new connection to the end of the pages: live events of that time are taken after the pages. */
  let waiting: (() => void)[] | undefined;

  const socket = io(url, {
    auth: (give) => give({ token: token() }),
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
    timeout: 3_000,
  });

  function see({ id, content }: { id: number; content: string }, by: Sighting['by']): void {
    sightings.push({ id, content, by });
    newest = Math.max(newest, id);
  }

  async function catchUp(): Promise<void> {
    const queue = waiting;
    try {
      await fetchPages();
    } catch (error) {
      lastTrouble = error;
      // What fails is tried again with a new connection, as clients do.
      socket.io.engine.close();
      return;
    }
    if (queue !== waiting) return; // there is a new connection already
    for (const take of waiting ?? []) take();
    waiting = undefined;
    isCaughtUp = true;
  }

  function trouble(): string {
    return `${socket.connected ? 'connected' : 'not connected'}, ${String(lastTrouble)}, ${disconnects.slice(-3).join(', ')}`;
  }

  async function fetchPages(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const response = await fetch(`${url}/api/chats/${chatId}/messages?limit=100&after=${newest}`, {
        headers: { Authorization: `Bearer ${token()}` },
        signal: AbortSignal.timeout(8_000),
      });
      if (!response.ok) throw new Error(`a page was answered with ${response.status}`);
      const page = (await response.json()) as Page;
      for (const message of page.messages) see(message, 'page');
      hasMore = page.hasMore;
    }
  }

  socket.on('connect', () => {
    // Before any event: one that is live already must not move the point from which pages are fetched. What waited on an
    // earlier connection will be in those pages.
    waiting = [];
    isCaughtUp = false;
  });
  socket.on('connected', () => void catchUp());
  socket.on('connect_error', (error) => {
    lastTrouble = error;
    // A refusal ends the library's own attempts: whether to come back is the client's to decide, by its code.
    if (!socket.active) setTimeout(() => isClosed || socket.connect(), refusedPauseMs);
  });
  socket.on('message:new', (message: { id: number; sessionId: number; content: string }) => {
    if (message.sessionId !== chatId) return;
    const take = (): void => see(message, 'live');
    if (waiting === undefined) take();
    else waiting.push(take);
  });
  socket.on('disconnect', (reason) => disconnects.push(reason));

  return {
    name,
    chatId,
    socket,
    sightings,
    disconnects,
    async connected() {
      const deadline = performance.now() + patienceMs;
      while (!isCaughtUp || !socket.connected) {
        if (performance.now() > deadline) throw new Error(`${name} does not come back: ${trouble()}`);
        await delay(20);
      }
    },
    get newest() {
      return newest;
    },
    close() {
      isClosed = true;
      socket.disconnect();
    },
  };
}
