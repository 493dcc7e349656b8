import type { PersonRef } from '../auth/actor.js';
import { otherMember, type ChatMembers } from '../chats/chat.js';
import { presentStartedChat } from '../chats/chat-routes.js';
import type { Memberships } from '../chats/memberships.js';
import type { DomainEventBus, DomainEventName, DomainListener } from '../domain-events.js';
import type { Presence } from '../presence/presence.js';
import type { MessageFeed } from './message-feed.js';
import { roomOf, roomsOf, roomsOfParted, type ChatServer } from './socket-types.js';

interface Needs {
  io: ChatServer;
  domainEvents: DomainEventBus;
  presence: Presence;
  memberships: Memberships;
  feed: MessageFeed;
}

/**
 * Tells the sockets what has happened. It listens to domain events alone: a message that came over HTTP, a socket or
 * the host's own code reaches the room the same way, after commit. Returns what ends it.
 */
export function broadcastDomainEvents({ io, domainEvents, presence, memberships, feed }: Needs): () => void {
  const endings: (() => void)[] = [];
  function listen<E extends DomainEventName>(name: E, listener: DomainListener<E>): void {
    domainEvents.on(name, listener);
    endings.push(() => domainEvents.off(name, listener));
  }
  /** Speaks to those who may hear of a chat: not to the dentist whom another has followed. */
  function tell(members: ChatMembers, say: (rooms: string[]) => void): void | Promise<void> {
    const sayTo = (isLive: boolean): void => say(isLive ? roomsOf(members) : roomsOfParted(members));
    const isLive = memberships.isLive(members);
    return isLive instanceof Promise ? isLive.then(sayTo) : sayTo(isLive);
  }

  listen('message:sent', (sent) => feed.announce(sent));
  listen('message:unsettled', ({ chatId }) => feed.review(chatId));

  listen('message:read', ({ receipt: { chatId, messageId, messageIds, readAt }, members }) => {
    if (messageId === null || readAt === null) return;
    const receipt = { sessionId: chatId, messageId, messageIds: [...messageIds], readAt };
    return tell(members, (rooms) => io.to(rooms).emit('message:read_receipt', receipt));
  });

  function tellPresence(person: PersonRef, online: boolean, chatId: number, watcher: PersonRef): void {
    const event = { sessionId: chatId, userId: person.id, userType: person.type };
    io.to(roomOf(watcher)).emit(online ? 'user:online' : 'user:offline', event);
  }

  listen('chat:started', async ({ chat, isLive }) => {
    const members = { chatId: chat.id, customerId: chat.customer.id, dentistId: chat.dentist.id };
    const rooms = isLive ? roomsOf(members) : roomsOfParted(members);
    io.to(rooms).emit('chat:new', { sessionId: chat.id, ...presentStartedChat(chat) });
    if (!isLive) return;
    // Whoever came before there was a chat was announced to nobody in it. Who comes later finds it, and is.
    const both = [
      { type: 'customer', id: members.customerId },
      { type: 'dentist', id: members.dentistId },
    ] as const;
    for (const person of await presence.onlineOf(both)) {
      tellPresence(person, true, chat.id, otherMember(members, person));
    }
  });

  listen('chat:updated', ({ members, status }) =>
    tell(members, (rooms) => io.to(rooms).emit('chat:updated', { sessionId: members.chatId, status })),
  );

  listen('typing:changed', ({ actor, members, isTyping }) => {
    const event = { sessionId: members.chatId, userId: actor.id, userType: actor.type, isTyping };
    const other = roomOf(otherMember(members, actor));
    return tell(members, (rooms) => {
      if (rooms.includes(other)) io.to(other).emit('typing:indicator', event);
    });
  });

  listen('presence:changed', async ({ person, online }) => {
    for (const { chatId, watcher } of await presence.watchersOf(person)) {
      tellPresence(person, online, chatId, watcher);
    }
  });

  return () => endings.forEach((end) => end());
}
