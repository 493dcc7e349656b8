import { setTimeout as delay } from 'node:timers/promises';
import { ackedId, type Attempt, type Outcome, type Sending } from './journal.js';

/** One way of sending, once. Never rejects. */
export type Door = (sending: Sending) => Promise<Outcome>;

/** A client that sends, and sends again what it got no clear answer for. */
export interface Sender {
  readonly name: string;
  readonly sendings: readonly Sending[];
  /** No further messages; resolves once every one has an end. */
  finish(): Promise<void>;
}

export interface SenderOptions {
  readonly name: string;
  readonly chatId: number;
  /** Taken in turn, so that a retry goes through another door or process than the attempt before it. */
  readonly doors: readonly { readonly kind: Attempt['door']; readonly send: Door }[];
  /** Whether its messages carry a `clientMessageId`; those that do not are tried once. */
  readonly isIdempotent: boolean;
  /** Between two messages, in milliseconds. */
  readonly pauseMs: number;
}

const retryPauseMs = 100;
/** Longer than any fault lasts: what is not acked by then never will be. */
const maxRetryMs = 40_000;

export function startSending({ name, chatId, doors, isIdempotent, pauseMs }: SenderOptions): Sender {
  const sendings: Sending[] = [];
  let isFinished = false;
  let turn = 0;

  async function attempt(sending: Sending): Promise<void> {
    const door = doors[(turn += 1) % doors.length];
    if (door === undefined) throw new Error('no door');
    const startedAt = performance.now();
    const outcome = await door.send(sending);
    sending.attempts.push({ door: door.kind, startedAt, endedAt: performance.now(), outcome });
  }

  async function run(): Promise<void> {
    for (let count = 1; !isFinished; count += 1) {
      const content = `${name} ${count}`;
      const clientMessageId = isIdempotent ? `${name}-${count}` : undefined;
      const sending: Sending = { chatId, content, clientMessageId, attempts: [] };
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
    async finish() {
      isFinished = true;
      await running;
    },
  };
}
