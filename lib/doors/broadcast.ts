import type { ChatMembers } from '../chats/chat.js';
import { presentStartedChat } from '../chats/chat-routes.js';
import { otherMember } from '../chats/chat.js';
import type { DomainEventBus, DomainEventName, DomainListener } from '../domain-events.js';
import type { Presence } from '../presence/presence.js';
import type { MessageFeed } from './message-feed.js';
import { roomsOf, roomOf, type ChatServer } from './socket-types.js';

/**
 * Tells the sockets what has happened. It listens to domain events alone: a message that came over HTTP, a socket or
 * the host's own code reaches the room the same way, after commit. Returns what ends it.
 */
export function broadcastDomainEvents(
  io: ChatServer,
  domainEvents: DomainEventBus,
  presence: Presence,
  feed: MessageFeed,
): () => void {
  const endings: (() => void)[] = [];
  function listen<E extends DomainEventName>(name: E, listener: DomainListener<E>): void {
    domainEvents.on(name, listener);
    endings.push(() => domainEvents.off(name, listener));
  }
  const toChat = (members: ChatMembers) => io.to(roomsOf(members));

  listen('message:sent', (sent) => feed.announce(sent));
  listen('message:unsettled', ({ chatId }) => feed.review(chatId));

  listen('message:read', ({ receipt: { chatId, messageId, messageIds, readAt }, members }) => {
    if (messageId === null || readAt === null) return;
    const receipt = { sessionId: chatId, messageId, messageIds: [...messageIds], readAt };
    toChat(members).emit('message:read_receipt', receipt);
  });

  listen('chat:started', ({ chat }) => {
    const members = { chatId: chat.id, customerId: chat.customer.id, dentistId: chat.dentist.id };
    toChat(members).emit('chat:new', { sessionId: chat.id, ...presentStartedChat(chat) });
  });

  listen('chat:updated', ({ members, status }) => {
    toChat(members).emit('chat:updated', { sessionId: members.chatId, status });
  });

  listen('typing:changed', ({ actor, members, isTyping }) => {
    const event = { sessionId: members.chatId, userId: actor.id, userType: actor.type, isTyping };
    io.to(roomOf(otherMember(members, actor))).emit('typing:indicator', event);
  });

  listen('presence:changed', async ({ person, online }) => {
    for (const { chatId, watcher } of await presence.watchersOf(person)) {
      const event = { sessionId: chatId, userId: person.id, userType: person.type };
      io.to(roomOf(watcher)).emit(online ? 'user:online' : 'user:offline', event);
    }
  });

  return () => endings.forEach((end) => end());
}
