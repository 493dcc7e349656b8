import type { Logger } from '../logger.js';
import { readNotification, type ReceivedParcel } from './parcels.js';

/** The last word of a process that ends in good order: nothing of it is to be missed. */
export const farewell = 'farewell';

/** What the other processes say, in the order in which they said it. */
export interface Inbox {
  take(notification: string): void;
  /** Nothing is heard from here on, and perhaps for a while already. */
  lost(): void;
  /** Heard again: everybody was just asked to say something. */
  regained(): void;
  close(): void;
}

interface Needs {
  /** A parcel that was too large for its notification; undefined where it is gone. */
  fetch(sender: string, number: number): Promise<string | undefined>;
  received(message: unknown): void;
  missed(): void;
  logger: Logger;
}

/** Senders remembered: far more than a service has processes, for each restart brings a new one. */
const maxSenders = 1_000;
/** A sender speaks every 5 s, and a lost connection is noticed after 10 at most: who spoke in this time was there then. */
const recentMs = 20_000;
/** A sender that is there answers at once, or as soon as it has its own connection again. */
const answerDueMs = 5_000;

interface Sender {
  /** That of the last parcel. */
  readonly number: number;
  readonly heardAt: number;
}

export function createInbox({ fetch, received, missed, logger }: Needs): Inbox {
  const senders = new Map<string, Sender>();
  /** Those who were there when the connection was lost, and have not been heard since: each may have ended meanwhile. */
  const awaited = new Set<string>();
  let wasDeaf = false;
  let answersDue: NodeJS.Timeout | undefined;
  const waiting: ReceivedParcel[] = [];
  let isOpening = false;

  /** Opens one parcel after the other: one that must be fetched holds up those behind it. */
  async function openAll(): Promise<void> {
    isOpening = true;
    for (let parcel = waiting.shift(); parcel !== undefined; parcel = waiting.shift()) {
      try {
        const payload = parcel.payload ?? (await fetch(parcel.sender, parcel.number));
        if (payload === undefined) missed();
        else deliver(payload, parcel.sender);
      } catch (err) {
        logger.debug({ err }, 'what another process said could not be fetched');
        missed();
      }
    }
    isOpening = false;
  }

  function deliver(payload: string, sender: string): void {
    for (const message of JSON.parse(payload) as unknown[]) {
      try {
        if (message === farewell) left(sender);
        else received(message);
      } catch (err) {
        logger.error({ err }, 'what another process said could not be passed on');
      }
    }
  }

  /** It may repeat what it has said, and is known by its numbers. */
  function left(sender: string): void {
    const last = senders.get(sender);
    if (last !== undefined) senders.set(sender, { ...last, heardAt: -Infinity });
  }

  function isNew({ sender, number }: ReceivedParcel): boolean {
    awaited.delete(sender);
    const last = senders.get(sender)?.number;
    if (last !== undefined && number <= last) return false;
    senders.delete(sender);
    senders.set(sender, { number, heardAt: performance.now() });
    if (senders.size > maxSenders) senders.delete(senders.keys().next().value ?? sender);
    if (isGap(last, number)) missed();
    return true;
  }

  /** Whoever was there before this process did begins anywhere; whoever came while nothing was heard is missed too. */
  function isGap(last: number | undefined, number: number): boolean {
    return last === undefined ? wasDeaf && number > 1 : number > last + 1;
  }

  return {
    take(notification) {
      const parcel = readNotification(notification);
      if (parcel === undefined || !isNew(parcel)) return;
      waiting.push(parcel);
      if (!isOpening) void openAll();
    },

    lost() {
      wasDeaf = true;
      const since = performance.now() - recentMs;
      for (const [name, { heardAt }] of senders) if (heardAt >= since) awaited.add(name);
    },

    regained() {
      clearTimeout(answersDue);
      answersDue = setTimeout(() => {
        if (awaited.size > 0) missed();
        awaited.clear();
      }, answerDueMs).unref();
    },

    close: () => clearTimeout(answersDue),
  };
}
