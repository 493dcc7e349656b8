import type { PersonRef } from '../auth/actor.js';
import type { Memberships } from '../chats/memberships.js';
import type { DomainEventBus } from '../domain-events.js';
import type { Logger } from '../logger.js';
import type { RecentMessages } from '../messages/recent-messages.js';
import type { Presence } from '../presence/presence.js';
import type { Bus } from '../realtime/cluster-bus.js';
import { reconnectAll } from '../realtime/reconnect-all.js';
import { withinMs } from '../within.js';
import { broadcastDomainEvents, tellPresence } from './broadcast.js';
import { createChatFeed } from './chat-feed.js';
import { createMessageFeed } from './message-feed.js';
import { createPresenceFeed } from './presence-feed.js';
import { roomOf, type ChatServer } from './socket-types.js';

interface Needs {
  io: ChatServer;
  /** Tells the other processes; undefined where there are none. */
  bus: Bus | undefined;
  domainEvents: DomainEventBus;
  presence: Presence;
  memberships: Memberships;
  recentMessages: RecentMessages;
  logger: Logger;
}

/** How long closing waits for what was begun before, in milliseconds; and then for what it brought itself. */
const closeTimeoutMs = 1_000;

/** All that tells sockets what happens. */
export interface Telling {
  /** Before the first socket. */
  start(): Promise<void>;
  /** `closeSockets` is told of while it lasts: that nobody types any more, for one. */
  close(closeSockets: () => Promise<void>): Promise<void>;
}

export function tellSockets({ io, bus, domainEvents, presence, memberships, recentMessages, logger }: Needs): Telling {
  const missed = (): void => reconnectAll(io.sockets.sockets.values(), logger);
  const feeds = {
    messages: createMessageFeed({ io, bus, recentMessages, memberships, missed, logger }),
    chats: createChatFeed({ memberships, missed, logger }),
    presence: createPresenceFeed({ presence, tell: (watched) => tellPresence(io, watched), missed, logger }),
  };
  const endBroadcast = broadcastDomainEvents({ io, domainEvents, presence, feeds, logger });

  function reconnect(people: readonly PersonRef[]): void {
    const rooms = new Set(people.map(roomOf));
    const sockets = [...io.sockets.sockets.values()].filter(({ data }) => rooms.has(roomOf(data.actor)));
    reconnectAll(sockets, logger);
  }

  const isIdle = (): Promise<unknown> => Promise.all([feeds.chats.idle(), feeds.presence.idle()]);

  return {
    async start() {
      await feeds.messages.start();
      presence.open({
        missed: (people) => (people === undefined ? missed() : reconnect(people)),
        ended: (renewedAt) => feeds.messages.processEnded(renewedAt),
      });
    },

    async close(closeSockets) {
      // What they did last is told; that they are gone is left to the others, who hear nothing from here any more.
      await withinMs(closeTimeoutMs, presence.close());
      await closeSockets();
      await withinMs(closeTimeoutMs, isIdle());
      endBroadcast();
      for (const feed of Object.values(feeds)) feed.close();
    },
  };
}
