import { z } from 'zod';
import type { Memberships } from '../chats/memberships.js';
import type { DomainEvents } from '../domain-events.js';
import type { Logger } from '../logger.js';
import { presentNew } from '../messages/present-message.js';
import type { RecentMessages } from '../messages/recent-messages.js';
import type { Bus } from '../realtime/cluster-bus.js';
import { createInOrder } from '../realtime/in-order.js';
import type { NewMessage } from '../wire.js';
import { roomsOf, roomsOfParted, type ChatServer } from './socket-types.js';

type Sent = DomainEvents['message:sent'];

/** The `message:new` events of this process's sockets: every message once, in each chat in the order of ids. */
export interface MessageFeed {
  start(): Promise<void>;
  /** A message that this process has committed. */
  announce(sent: Sent): void;
  /** There may be messages of a chat that nobody has announced: looks, and announces them. */
  review(chatId: number): Promise<void>;
  close(): void;
}

interface Needs {
  io: ChatServer;
  /** Tells the other processes; undefined where there are none. */
  bus: Bus | undefined;
  recentMessages: RecentMessages;
  memberships: Pick<Memberships, 'areLive'>;
  /** There are messages that the sockets here will not be told. */
  missed(): void;
  logger: Logger;
}

/** A message on its way to sockets, here and in other processes. */
const item = z.object({
  chatId: z.number(),
  id: z.number(),
  createdAt: z.string(),
  previous: z.object({ id: z.number().nullable(), at: z.string() }),
  members: z.object({ chatId: z.number(), customerId: z.number(), dentistId: z.number() }),
  event: z.custom<NewMessage>((value) => typeof value === 'object' && value !== null),
  /** Announced again, perhaps: only to those who have not had it. */
  isReviewed: z.boolean().optional(),
  /** The chat's dentist is another's by now, and told nothing. */
  isParted: z.boolean().optional(),
});

type Item = z.output<typeof item>;

/** How often a review is tried while the database is away, each time after twice as long, from a quarter of a second. */
const maxReviewAttempts = 8;
const maxReviews = 1_000;

export function createMessageFeed(needs: Needs): MessageFeed {
  const { io, bus, recentMessages, memberships, missed, logger } = needs;

  function deliver({ members, event, isParted }: Item): void {
    // What the bus tells other processes, each of them tells its own sockets.
    const sockets = bus === undefined ? io : io.local;
    sockets.to(isParted === true ? roomsOfParted(members) : roomsOf(members)).emit('message:new', event);
  }

  const inOrder = createInOrder<Item>({
    deliver,
    async fetch(chatId, after, before) {
      const { messages, isWhole } = await recentMessages.before(chatId, before);
      return isWhole(after) ? messages.map(toItem) : undefined;
    },
    missed,
    logger,
  });

  /** Each chat once at a time, and not all that somebody may think of while the database is away. */
  const underReview = new Set<number>();

  async function review(chatId: number, attempt = 1): Promise<void> {
    underReview.add(chatId);
    try {
      const { messages } = await recentMessages.before(chatId);
      const missing = messages.map(toItem).filter(inOrder.isMissing);
      const isParted = await areParted(missing);
      for (const message of missing) {
        // Somebody else may have been heard to say it meanwhile.
        if (!inOrder.isMissing(message)) continue;
        bus?.publish('message:sent', { ...message, isReviewed: true, isParted });
        inOrder.take({ ...message, isParted });
      }
      underReview.delete(chatId);
    } catch (err) {
      logger.debug({ err }, 'what may not have been announced could not be looked up');
      if (attempt === maxReviewAttempts) underReview.delete(chatId);
      else setTimeout(() => void review(chatId, attempt + 1), 125 * 2 ** attempt).unref();
    }
  }

  /** They may be a minute old, in which the customer may have been given another dentist. */
  async function areParted([first]: readonly Item[]): Promise<boolean> {
    const [isLive] = first === undefined ? [] : await memberships.areLive([first.members]);
    return isLive === false;
  }

  bus?.listen('message:sent', (told) => {
    const parsed = item.safeParse(told);
    // Another version of the module may say it otherwise: its messages are then found where they are missing.
    if (!parsed.success || (parsed.data.isReviewed === true && !inOrder.isMissing(parsed.data))) return;
    inOrder.take(parsed.data);
  });

  return {
    start: async () => inOrder.begin(await recentMessages.settledTime()),
    announce(sent) {
      const announced = toItem(sent);
      bus?.publish('message:sent', announced);
      inOrder.take(announced);
    },
    async review(chatId) {
      if (!underReview.has(chatId) && underReview.size < maxReviews) await review(chatId);
    },
    close: () => inOrder.close(),
  };
}

function toItem({ message, members, previous }: Sent): Item {
  const { chatId, id, createdAt } = message;
  return { chatId, id, createdAt, previous, members, event: presentNew(message) };
}
