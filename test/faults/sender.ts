import { setTimeout as delay } from 'node:timers/promises';
import { ackedId, type Outcome, type PersonType, type Place, type Sending } from './journal.js';

/** One way of sending, once. Never rejects. */
export type Door = (sending: Sending) => Promise<Outcome>;

/** A client that sends, and sends again what it got no clear answer for. */
export interface Sender {
  readonly name: string;
  readonly sendings: readonly Sending[];
  /** When it began its newest attempt that was acked: by the place, and over all. */
  lastAcked(place?: Place): number;
  /** No further messages; resolves once every one has an end. */
  finish(): Promise<void>;
}

export interface SenderOptions {
  readonly name: string;
  readonly chatId: number;
  readonly person: PersonType;
  /** Taken in turn, so that a retry goes through another door or process than the attempt before it. */
  readonly doors: readonly (Place & { readonly send: Door })[];
  /** Whether its messages carry a `clientMessageId`; those that do not are tried once. */
  readonly isIdempotent: boolean;
  /** Between two messages, in milliseconds. */
  readonly pauseMs: number;
}

const retryPauseMs = 100;
/** Longer than any fault lasts: what is not acked by then never will be. */
const maxRetryMs = 40_000;

export function startSending(options: SenderOptions): Sender {
  const { name, chatId, person, doors, isIdempotent, pauseMs } = options;
  const sendings: Sending[] = [];
  const acked = new Map<string, number>();
  let isFinished = false;
  let turn = 0;

  async function attempt(sending: Sending): Promise<void> {
    const place = doors[(turn += 1) % doors.length];
    if (place === undefined) throw new Error('no door');
    const { door, process } = place;
    const startedAt = performance.now();
    const outcome = await place.send(sending);
    sending.attempts.push({ door, process, startedAt, endedAt: performance.now(), outcome });
    if (outcome.kind === 'acked') acked.set(nameOf(place), startedAt);
  }

  async function run(): Promise<void> {
    for (let count = 1; !isFinished; count += 1) {
      const content = `${name} ${count}`;
      const clientMessageId = isIdempotent ? `${name}-${count}` : undefined;
      const sending: Sending = { chatId, person, content, clientMessageId, attempts: [] };
      sendings.push(sending);
      await attempt(sending);
      const lastTry = performance.now() + maxRetryMs;
      while (isIdempotent && ackedId(sending) === undefined && performance.now() < lastTry) {
        await delay(retryPauseMs);
        await attempt(sending);
      }
      await delay(pauseMs);
    }
  }

  const running = run();
  return {
    name,
    sendings,
    lastAcked: (place) =>
      place === undefined ? Math.max(-Infinity, ...acked.values()) : (acked.get(nameOf(place)) ?? -Infinity),
    async finish() {
      isFinished = true;
      await running;
    },
  };
}

export function nameOf({ door, process }: Place): string {
  return `${door} at process ${process}`;
}
