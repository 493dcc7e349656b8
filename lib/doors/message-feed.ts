import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { PersonRef } from '../auth/actor.js';
import type { Memberships } from '../chats/memberships.js';
import type { DomainEvents } from '../domain-events.js';
import type { Logger } from '../logger.js';
import { presentNew } from '../messages/present-message.js';
import type { RecentMessages } from '../messages/recent-messages.js';
import type { Bus } from '../realtime/cluster-bus.js';
import { createInOrder } from '../realtime/in-order.js';
import { untilDone } from '../realtime/until-done.js';
import type { NewMessage } from '../wire.js';
import { roomOf, roomsOf, roomsOfParted, type ChatServer } from './socket-types.js';

type Sent = DomainEvents['message:sent'];

/** The `message:new` events of this process's sockets: every message once, in each chat in the order of ids. */
export interface MessageFeed {
  start(): Promise<void>;
  /** A message that this process has committed. */
  announce(sent: Sent): void;
  /** There may be messages of a chat that nobody has announced, or soon will be: looks for them, and announces them. */
  review(chatId: number): void;
  /** A process died that may have told nobody what it wrote since then (ISO 8601 UTC): everybody looks. */
  processEnded(renewedAt: string): void;
  close(): void;
}

interface Needs {
  io: ChatServer;
  /** Tells the other processes; undefined where there are none. */
  bus: Bus | undefined;
  recentMessages: RecentMessages;
  memberships: Pick<Memberships, 'isLive' | 'areLive'>;
  /** There are messages that the sockets here will not be told. */
  missed(): void;
  logger: Logger;
}

/** A message on its way to sockets, here and in other processes. */
const item = z.object({
  chatId: z.number(),
  id: z.number(),
  previousId: z.number().nullable(),
  members: z.object({ chatId: z.number(), customerId: z.number(), dentistId: z.number() }),
  event: z.custom<NewMessage>((value) => typeof value === 'object' && value !== null),
  /** Announced again, perhaps: only to those who have not had it. */
  isReviewed: z.boolean().optional(),
  /** The chat's dentist is another's by now, and told nothing. */
  isParted: z.boolean().optional(),
});

type Item = z.output<typeof item>;

/**
 * Waits between the looks of a review. A statement whose connection was cut may still wait for the chat's lock, and be
 * committed for as long as the server lets a statement take.
 */
const looksAfterMs = [0, 250, 750, 4_000];
const maxReviews = 1_000;
/** A process may have been unable to tell others for so long before it died, and have renewed its lease all the same. */
const silentMs = 30_000;

const ended = z.object({ renewedAt: z.iso.datetime() });

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
      if (!isWhole(after)) return undefined;
      const items = messages.map(toItem);
      const isParted = await areParted(items);
      return items.map((found) => ({ ...found, isParted }));
    },
    missed,
    logger,
  });

  /** Each chat once at a time, and whether it was asked for again meanwhile. Not all that somebody may think of. */
  const underReview = new Map<number, { isAgain: boolean }>();
  let hasGivenUp = false;
  let isClosed = false;
  const untilLooked = {
    isOver: () => isClosed,
    failed: (err: unknown) => logger.debug({ err }, 'what may not have been announced could not be looked up'),
  };

  function review(chatId: number): void {
    const current = underReview.get(chatId);
    if (current !== undefined) current.isAgain = true;
    else if (underReview.size < maxReviews) void lookAgainAndAgain(chatId);
    else hasGivenUp = true;
  }

  async function lookAgainAndAgain(chatId: number): Promise<void> {
    const current = { isAgain: false };
    underReview.set(chatId, current);
    do {
      current.isAgain = false;
      for (const waitMs of looksAfterMs) {
        if (waitMs > 0) await delay(waitMs, undefined, { ref: false });
        await untilDone(() => look(chatId), untilLooked);
        if (current.isAgain || isClosed) break;
      }
    } while (current.isAgain && !isClosed);
    underReview.delete(chatId);
    if (!hasGivenUp || isClosed) return;
    // Not before: where the database is away, nobody is let in again.
    hasGivenUp = false;
    missed();
  }

  async function look(chatId: number): Promise<void> {
    const last = await recentMessages.last(chatId);
    if (last === undefined || !inOrder.isMissing(last)) return;
    const { messages } = await recentMessages.before(chatId);
    const missing = messages.map(toItem).filter(inOrder.isMissing);
    const isParted = await areParted(missing);
    for (const message of missing) {
      // Somebody else may have been heard to say it meanwhile.
      if (!inOrder.isMissing(message)) continue;
      bus?.publish('message:sent', { ...message, isReviewed: true, isParted });
      inOrder.take({ ...message, isParted });
    }
  }

  /** Of the chats of those who are here: whoever is elsewhere is another's to look after. */
  async function reviewSince(time: string): Promise<void> {
    const people = new Map<string, PersonRef>();
    for (const { data } of io.sockets.sockets.values()) people.set(roomOf(data.actor), data.actor);
    if (people.size === 0) return;
    const found = await recentMessages.lastSince([...people.values()], time);
    for (const last of found) if (inOrder.isMissing(last)) review(last.chatId);
  }

  function lookSince(renewedAt: string): void {
    const time = new Date(Date.parse(renewedAt) - silentMs).toISOString();
    void untilDone(() => reviewSince(time), untilLooked);
  }

  /** They may be a minute old, in which the customer may have been given another dentist. */
  async function areParted([first]: readonly Item[]): Promise<boolean> {
    const [isLive] = first === undefined ? [] : await memberships.areLive([first.members]);
    return isLive === false;
  }

  /** Another version of the module says it otherwise: what it has written is looked up. */
  function reviewUnread(told: unknown): void {
    const named = item.pick({ chatId: true }).safeParse(told);
    if (named.success) review(named.data.chatId);
  }

  bus?.listen('message:sent', (told) => {
    const parsed = item.safeParse(told);
    if (!parsed.success) return reviewUnread(told);
    if (parsed.data.isReviewed === true && !inOrder.isMissing(parsed.data)) return;
    inOrder.take(parsed.data);
  });

  bus?.listen('process:ended', (told) => {
    const parsed = ended.safeParse(told);
    if (parsed.success) lookSince(parsed.data.renewedAt);
  });

  function tell(sent: Sent, isLive: boolean): void {
    const announced = isLive ? toItem(sent) : { ...toItem(sent), isParted: true };
    bus?.publish('message:sent', announced);
    inOrder.take(announced);
  }

  return {
    start: async () => inOrder.begin(await recentMessages.settledId()),
    announce(sent) {
      // It may have been written long after its sender was admitted. From memory, mostly.
      const isLive = memberships.isLive(sent.members);
      if (typeof isLive === 'boolean') return tell(sent, isLive);
      isLive.then(
        (live) => tell(sent, live),
        () => review(sent.message.chatId),
      );
    },
    review,
    processEnded(renewedAt) {
      bus?.publish('process:ended', { renewedAt });
      lookSince(renewedAt);
    },
    close() {
      isClosed = true;
      inOrder.close();
    },
  };
}

function toItem({ message, members, previousId }: Sent): Item {
  const { chatId, id } = message;
  return { chatId, id, previousId, members, event: presentNew(message) };
}
