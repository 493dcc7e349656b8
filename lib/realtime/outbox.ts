import { packParcels, type Parcel } from './parcels.js';

/** What waits to be told to the other processes. */
export interface Outbox {
  /** A message as JSON. */
  put(message: string): void;
  /** The connection is there: what waits can go. */
  resume(): void;
  /** Waits until all is told, at most `timeoutMs`. Gives what is left, some of which may have been told. */
  close(timeoutMs: number): Promise<readonly Parcel[]>;
}

/** How much may wait while the connection is away, in characters. What is beyond that is dropped, and the others notice. */
const maxWaitingLength = 8 * 1024 * 1024;
/** How much is told in one statement, in characters. */
const maxTogetherLength = 1024 * 1024;

/**
 * One statement at a time: what comes while it runs is told together by the next. `send` may have arrived although it
 * failed; the same parcels are then sent again, and receivers know them by their numbers.
 */
export function createOutbox(sender: string, send: (parcels: readonly Parcel[]) => Promise<void>): Outbox {
  let waiting: string[] = [];
  let waitingLength = 0;
  /** Numbered, and perhaps told already. */
  let underWay: Parcel[] = [];
  let nextNumber = 1;
  let isPumping = false;
  let onEmpty: (() => void) | undefined;

  function put(message: string): void {
    waiting.push(message);
    waitingLength += message.length;
    if (waitingLength > maxWaitingLength) {
      waiting = [];
      waitingLength = 0;
      nextNumber += 1; // a number that never comes: its receivers know that they have missed something
    }
    // Not at once: what one statement of the send queue has written is announced together.
    if (!isPumping) {
      isPumping = true;
      setImmediate(() => void pump());
    }
  }

  async function pump(): Promise<void> {
    isPumping = true;
    try {
      while (underWay.length > 0 || waiting.length > 0) {
        if (underWay.length === 0) underWay = pack();
        await send(underWay);
        underWay = [];
      }
      onEmpty?.();
    } catch {
      // The connection reports its own loss; resume() tries again.
    } finally {
      isPumping = false;
    }
  }

  function pack(): Parcel[] {
    let length = 0;
    let count = 0;
    while (count < waiting.length && length < maxTogetherLength) length += waiting[count++]?.length ?? 0;
    const messages = waiting.splice(0, count);
    waitingLength -= length;
    const parcels = packParcels(sender, nextNumber, messages);
    nextNumber += parcels.length;
    return parcels;
  }

  function packAll(): Parcel[] {
    const parcels: Parcel[] = [];
    while (waiting.length > 0) parcels.push(...pack());
    return parcels;
  }

  return {
    put,
    resume() {
      if (!isPumping) void pump();
    },
    close: (timeoutMs) =>
      new Promise((resolve) => {
        if (underWay.length === 0 && waiting.length === 0) return resolve([]);
        const timer = setTimeout(() => resolve([...underWay, ...packAll()]), timeoutMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve([]);
        };
      }),
  };
}
