import { io, type Socket } from 'socket.io-client';
import type { Sighting } from './journal.js';

/**
 * A client that follows its chats as the API says: live events, and after each connection `after=` from where it was. It
 * keeps everything in the order in which it came.
 */
export interface Follower {
  readonly name: string;
  readonly socket: Socket;
  readonly sightings: readonly Sighting[];
  /** Reasons of the disconnects so far. */
  readonly disconnects: readonly string[];
  /** Resolves once the socket is there and what it missed has been fetched. */
  caughtUp(): Promise<void>;
  close(): void;
}

/** Below the id of every message of a service under test. */
const beforeAll = 1;

interface Page {
  messages: { id: number; content: string }[];
  hasMore: boolean;
  nextCursor: string | null;
}

export function follow(name: string, url: string, token: () => string, chatIds: readonly number[]): Follower {
  const sightings: Sighting[] = [];
  const disconnects: string[] = [];
  /** The newest message by chat of what the client has. */
  const newest = new Map<number, number>();
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

  function see(chatId: number, { id, content }: { id: number; content: string }, by: Sighting['by']): void {
    sightings.push({ chatId, id, content, by });
    newest.set(chatId, Math.max(newest.get(chatId) ?? 0, id));
  }

  async function catchUp(): Promise<void> {
    waiting ??= [];
    await fetchPages();
    for (const take of waiting) take();
    waiting = undefined;
  }

  async function fetchPages(): Promise<void> {
    for (const chatId of chatIds) {
      for (let hasMore = true; hasMore;) {
        const after = newest.get(chatId) ?? beforeAll;
        const response = await fetch(`${url}/api/chats/${chatId}/messages?limit=100&after=${after}`, {
          headers: { Authorization: `Bearer ${token()}` },
        });
        if (!response.ok) throw new Error(`a page was answered with ${response.status}`);
        const page = (await response.json()) as Page;
        for (const message of page.messages) see(chatId, message, 'page');
        hasMore = page.hasMore;
      }
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
    if (!chatIds.includes(message.sessionId)) return;
    const take = (): void => see(message.sessionId, message, 'live');
    if (waiting === undefined) take();
    else waiting.push(take);
  });
  socket.on('disconnect', (reason) => disconnects.push(reason));

  return {
    name,
    socket,
    sightings,
    disconnects,
    async caughtUp() {
      for (;;) {
        if (!socket.connected) await new Promise<void>((resolve) => socket.once('connected', () => resolve()));
        const current = catchingUp;
        const isDone = (await succeeds(current)) && current === catchingUp && socket.connected;
        if (isDone && (await succeeds(catchUp()))) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
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
