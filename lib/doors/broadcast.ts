import { otherMember } from '../chats/chat.js';
import { presentStartedChat } from '../chats/chat-routes.js';
import type { DomainEventBus, DomainEventName, DomainListener } from '../domain-events.js';
import type { Logger } from '../logger.js';
import type { Watched } from '../presence/presence-change.js';
import type { Presence } from '../presence/presence.js';
import { untilDone } from '../realtime/until-done.js';
import type { ChatFeed } from './chat-feed.js';
import type { MessageFeed } from './message-feed.js';
import type { PresenceFeed } from './presence-feed.js';
import { roomOf, roomsOf, roomsOfParted, type ChatServer } from './socket-types.js';

interface Needs {
  io: ChatServer;
  domainEvents: DomainEventBus;
  presence: Presence;
  feeds: { messages: MessageFeed; chats: ChatFeed; presence: PresenceFeed };
  logger: Logger;
}

/**
 * Tells the sockets what has happened. It listens to domain events alone: a message that came over HTTP, a socket or
 * the host's own code reaches the room the same way, after commit. Returns what ends it.
 */
export function broadcastDomainEvents({ io, domainEvents, presence, feeds, logger }: Needs): () => void {
  const endings: (() => void)[] = [];
  let isEnded = false;
  function listen<E extends DomainEventName>(name: E, listener: DomainListener<E>): void {
    domainEvents.on(name, listener);
    endings.push(() => domainEvents.off(name, listener));
  }

  listen('message:sent', (sent) => feeds.messages.announce(sent));
  listen('message:unsettled', ({ chatId }) => feeds.messages.review(chatId));

  listen('message:read', ({ receipt: { chatId, messageId, messageIds, readAt }, members }) => {
    if (messageId === null || readAt === null) return;
    const receipt = { sessionId: chatId, messageId, messageIds: [...messageIds], readAt };
    feeds.chats.tell(members, (rooms) => io.to(rooms).emit('message:read_receipt', receipt));
  });

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
    await untilDone(
      async () => {
        for (const person of await presence.onlineOf(both)) {
          tellPresence(io, { person, online: true, chatId: chat.id, watcher: otherMember(members, person) });
        }
      },
      { isOver: () => isEnded, failed: (err) => logger.debug({ err }, 'it could not be told yet who is online') },
    );
  });

  listen('chat:updated', ({ members, status }) =>
    feeds.chats.tell(members, (rooms) => io.to(rooms).emit('chat:updated', { sessionId: members.chatId, status })),
  );

  listen('typing:changed', ({ actor, members, isTyping }) => {
    const event = { sessionId: members.chatId, userId: actor.id, userType: actor.type, isTyping };
    const other = roomOf(otherMember(members, actor));
    return feeds.chats.tellNow(members, (rooms) => {
      if (rooms.includes(other)) io.to(other).emit('typing:indicator', event);
    });
  });

  listen('presence:changed', (change) => feeds.presence.say(change));
  listen('presence:unsettled', (change) => feeds.presence.say(change));

  return () => {
    isEnded = true;
    endings.forEach((end) => end());
  };
}

export function tellPresence(io: ChatServer, { person, online, chatId, watcher }: Watched): void {
  const event = { sessionId: chatId, userId: person.id, userType: person.type };
  io.to(roomOf(watcher)).emit(online ? 'user:online' : 'user:offline', event);
}
