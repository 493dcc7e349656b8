import type { Actor } from '../auth/actor.js';
import type { ChatMembers } from '../chats/chat.js';
import type { Memberships } from '../chats/memberships.js';
import type { DomainEventBus } from '../domain-events.js';
import { keyOf } from './presence-writer.js';

/** Who is typing where. Kept in memory: it lives for seconds, and its receivers end it themselves. */
export interface Typing {
  /** @throws ChatError `chat_not_found`, for strangers too. */
  start(actor: Actor, chatId: number, socketId: string): Promise<void>;
  stop(actor: Actor, chatId: number, socketId: string): Promise<void>;
  /** The socket went: whatever it was typing ends. */
  forget(socketId: string): void;
  close(): void;
}

/** A person typing in a chat, from one or more of their sockets. */
interface Typist {
  readonly actor: Actor;
  readonly members: ChatMembers;
  /** By socket: what ends it when no repeat comes. */
  readonly sockets: Map<string, NodeJS.Timeout>;
}

export function createTyping(memberships: Memberships, domainEvents: DomainEventBus, timeoutMs: number): Typing {
  const typists = new Map<string, Typist>();
  /** What each socket types, or is about to. */
  const bySocket = new Map<string, Set<string>>();

  function announce({ actor, members }: Typist, isTyping: boolean): void {
    domainEvents.emit('typing:changed', { actor, members, isTyping });
  }

  function end(key: string, socketId: string): void {
    const keys = bySocket.get(socketId);
    keys?.delete(key);
    if (keys?.size === 0) bySocket.delete(socketId);
    const typist = typists.get(key);
    const timer = typist?.sockets.get(socketId);
    if (typist === undefined || timer === undefined) return;
    clearTimeout(timer);
    typist.sockets.delete(socketId);
    if (typist.sockets.size > 0) return; // still typing on another device
    typists.delete(key);
    announce(typist, false);
  }

  return {
    async start(actor, chatId, socketId) {
      const key = `${chatId}:${keyOf(actor)}`;
      // Before anything is awaited: a stop, or the socket's end, that overtakes the look-up then takes it back.
      bySocket.set(socketId, (bySocket.get(socketId) ?? new Set()).add(key));
      const members = await memberships.require(actor, chatId).catch((error: unknown) => {
        end(key, socketId);
        throw error;
      });
      if (!bySocket.get(socketId)?.has(key)) return;
      const typist = typists.get(key) ?? { actor, members, sockets: new Map<string, NodeJS.Timeout>() };
      typists.set(key, typist);
      clearTimeout(typist.sockets.get(socketId));
      const timer = setTimeout(() => end(key, socketId), timeoutMs);
      timer.unref();
      typist.sockets.set(socketId, timer);
      // A repeat is told again: whoever opened the chat meanwhile sees it too.
      announce(typist, true);
    },

    async stop(actor, chatId, socketId) {
      end(`${chatId}:${keyOf(actor)}`, socketId);
      await memberships.require(actor, chatId);
    },

    forget(socketId) {
      for (const key of bySocket.get(socketId) ?? []) end(key, socketId);
    },

    close() {
      for (const { sockets } of typists.values()) for (const timer of sockets.values()) clearTimeout(timer);
      typists.clear();
      bySocket.clear();
    },
  };
}
