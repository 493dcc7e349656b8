import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { PersonType, Sighting } from './journal.js';

/**
 * A client that follows a chat as the API says: live events, and after each connection `after=` from where it was. It
 * keeps everything in the order in which it came.
 */
export interface Follower {
  readonly name: string;
  readonly chatId: number;
  readonly socket: Socket;
  readonly sightings: readonly Sighting[];
  /** Events of chats that are none of its person's. */
  readonly strays: readonly string[];
  /** The disconnects so far. */
  readonly disconnects: readonly Disconnect[];
  /** Resolves once the socket is there and what it missed on the way has been fetched. Rejects when that takes 30 s. */
  connected(): Promise<void>;
  /** The newest message that it has seen. */
  readonly newest: number;
  close(): void;
}

export interface Disconnect {
  readonly reason: string;
  readonly at: number;
}

export interface FollowOptions {
  readonly name: string;
  readonly url: string;
  readonly token: () => string;
  readonly chatId: number;
  /** All chats of its person, whose events it hears too. */
  readonly ownChats: readonly number[];
  /** The id of a message: it follows what comes after that. */
  readonly since: number;
}

const patienceMs = 30_000;
const refusedPauseMs = 300;

interface Shown {
  readonly id: number;
  readonly content: string;
  readonly senderType: PersonType;
  readonly clientMessageId?: string;
}

interface Page {
  messages: Shown[];
  hasMore: boolean;
  nextCursor: string | null;
}

export function follow({ name, url, token, chatId, ownChats, since }: FollowOptions): Follower {
  const sightings: Sighting[] = [];
  const strays: string[] = [];
  const disconnects: Disconnect[] = [];
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

  /** `at` is when it came: a live one may have waited for pages. */
  function see(shown: Shown, by: Sighting['by'], at = performance.now()): void {
    const { id, content, senderType, clientMessageId } = shown;
    sightings.push({ id, content, senderType, clientMessageId, by, at });
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
    return `${socket.connected ? 'connected' : 'not connected'}, ${String(lastTrouble)}, ${disconnects
      .slice(-3)
      .map(({ reason }) => reason)
      .join(', ')}`;
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
  socket.on('message:new', (message: Shown & { sessionId: number }) => {
    if (message.sessionId !== chatId) return;
    const at = performance.now();
    const take = (): void => see(message, 'live', at);
    if (waiting === undefined) take();
    else waiting.push(take);
  });
  socket.onAny((event: string, data: { sessionId?: number; online?: number[] }) => {
    const named = [...(data.sessionId === undefined ? [] : [data.sessionId]), ...(data.online ?? [])];
    for (const id of named) if (!ownChats.includes(id)) strays.push(`${event} of chat ${id}`);
  });
  socket.on('disconnect', (reason) => disconnects.push({ reason, at: performance.now() }));

  return {
    name,
    chatId,
    socket,
    sightings,
    strays,
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
