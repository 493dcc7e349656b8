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
  /** Resolves once the socket is there and what it missed on the way has been fetched. */
  connected(): Promise<void>;
  /** Asks for what is new, whatever live events have come. */
  askAgain(): Promise<void>;
  /** The newest message that it has seen. */
  readonly newest: number;
  close(): void;
}

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
  let catchingUp: Promise<void> = Promise.resolve();
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
    waiting ??= [];
    await fetchPages();
    for (const take of waiting) take();
    waiting = undefined;
  }

  async function fetchPages(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const response = await fetch(`${url}/api/chats/${chatId}/messages?limit=100&after=${newest}`, {
        headers: { Authorization: `Bearer ${token()}` },
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
  });
  socket.on('connected', () => {
    catchingUp = catchUp();
    // What fails is tried again with a new connection, as clients do.
    catchingUp.catch(() => socket.io.engine.close());
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
      for (;;) {
        if (!socket.connected) await new Promise<void>((resolve) => socket.once('connected', () => resolve()));
        const current = catchingUp;
        if ((await succeeds(current)) && current === catchingUp && socket.connected) return;
        await delay(20);
      }
    },
    askAgain: catchUp,
    get newest() {
      return newest;
    },
    close: () => void socket.disconnect(),
  };
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
