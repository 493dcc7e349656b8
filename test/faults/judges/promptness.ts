import { ackedId } from '../journal.js';
import type { Load } from '../load.js';

/** As long as a process waits for a message that another should have announced, before it looks in the database. */
const dueMs = 250;

/**
 * How long after its ack each message was live on each device, in milliseconds: by the device, over all loads that were
 * added. What was not announced is found when the next message comes, and told then: only its delay shows it.
 */
export class Promptness {
  readonly #delays = new Map<string, number[]>();
  readonly #faults: string[] = [];

  /** Of a load in which nothing went wrong. */
  add({ senders, followers }: Load): void {
    const ackedAt = new Map<number, number>();
    for (const sending of senders.flatMap(({ sendings }) => sendings)) {
      const acked = sending.attempts.find(({ outcome }) => outcome.kind === 'acked');
      if (acked !== undefined) ackedAt.set(ackedId(sending) ?? 0, acked.endedAt);
    }
    for (const { name, sightings, disconnects } of followers) {
      if (disconnects.length > 0) this.#faults.push(`${name}: was cut off`);
      const firstLive = sightings.findIndex(({ by }) => by === 'live');
      const paged = sightings.filter(({ by }, at) => by === 'page' && at > firstLive && firstLive >= 0);
      if (paged.length > 0) this.#faults.push(`${name}: had to fetch ${paged.map(({ id }) => id).join()}`);
      const device = name.slice(name.indexOf('-') + 1);
      const delays = sightings.flatMap(({ id, at, by }) => {
        const acked = ackedAt.get(id);
        return by === 'live' && acked !== undefined ? [at - acked] : [];
      });
      this.#delays.set(device, [...(this.#delays.get(device) ?? []), ...delays]);
    }
  }

  /** What 99 of 100 messages took at most, on the slowest device. */
  get p99Ms(): number {
    return Math.max(...[...this.#delays.values()].map(p99));
  }

  get faults(): string[] {
    const late = [...this.#delays].filter(([, delays]) => p99(delays) > dueMs);
    return [
      ...this.#faults,
      ...late.map(([device, all]) => `${device}: live ${p99(all).toFixed(0)} ms after the ack (p99)`),
    ];
  }
}

function p99(delays: readonly number[]): number {
  const sorted = [...delays].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
