import type { Logger } from '../logger.js';
import { readNotification, type ReceivedParcel } from './parcels.js';

/** What the other processes say, in the order in which they said it. */
export interface Inbox {
  take(notification: string): void;
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

export function createInbox({ fetch, received, missed, logger }: Needs): Inbox {
  /** The number of the last parcel of each sender. */
  const lastNumbers = new Map<string, number>();
  const waiting: ReceivedParcel[] = [];
  let isOpening = false;

  /** Opens one parcel after the other: one that must be fetched holds up those behind it. */
  async function openAll(): Promise<void> {
    isOpening = true;
    for (let parcel = waiting.shift(); parcel !== undefined; parcel = waiting.shift()) {
      try {
        const payload = parcel.payload ?? (await fetch(parcel.sender, parcel.number));
        if (payload === undefined) missed();
        else deliver(payload);
      } catch (err) {
        logger.debug({ err }, 'what another process said could not be fetched');
        missed();
      }
    }
    isOpening = false;
  }

  function deliver(payload: string): void {
    for (const message of JSON.parse(payload) as unknown[]) {
      try {
        received(message);
      } catch (err) {
        logger.error({ err }, 'what another process said could not be passed on');
      }
    }
  }

  function isNew({ sender, number }: ReceivedParcel): boolean {
    const last = lastNumbers.get(sender);
    if (last !== undefined && number <= last) return false;
    lastNumbers.delete(sender);
    lastNumbers.set(sender, number);
    if (lastNumbers.size > maxSenders) lastNumbers.delete(lastNumbers.keys().next().value ?? sender);
    if (last !== undefined && number > last + 1) missed();
    return true;
  }

  return {
    take(notification) {
      const parcel = readNotification(notification);
      if (parcel === undefined || !isNew(parcel)) return;
      waiting.push(parcel);
      if (!isOpening) void openAll();
    },
  };
}
