import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { Service } from './service.js';

/** People who open their chats now and then: they read a page, or mark what is there as read. */
export interface Readers {
  /** Every answer that was no success. */
  readonly refusals: readonly ReadRefusal[];
  finish(): Promise<void>;
}

export interface ReadRefusal {
  readonly operation: string;
  readonly status: number;
  readonly code: string;
  readonly tookMs: number;
}

/** Longer than the 5 s within which an answer is due. */
const patienceMs = 8_000;

export function startReading(service: Service, random: RandomSource): Readers {
  const refusals: ReadRefusal[] = [];
  let isFinished = false;

  async function read(): Promise<void> {
    const { id, customer, dentist } = random.pick(service.chats);
    const { url } = random.pick(service.processes);
    const headers = { Authorization: `Bearer ${service.tokenOf(random.pick([customer, dentist]))}` };
    const [method, path] = random.pick([
      ['GET', '/api/chats'],
      ['GET', `/api/chats/${id}/messages?limit=20`],
      ['POST', `/api/chats/${id}/read`],
    ] as const);
    const operation = `${method} ${path}`;
    const since = performance.now();
    try {
      const response = await fetch(url + path, { method, headers, signal: AbortSignal.timeout(patienceMs) });
      const body = (await response.json()) as { error?: { code: string } };
      const tookMs = performance.now() - since;
      if (!response.ok) refusals.push({ operation, status: response.status, code: body.error?.code ?? '', tookMs });
    } catch {
      // The process is gone, or its answer was: the senders' journals tell of that. Or there was none in time.
      const tookMs = performance.now() - since;
      if (tookMs >= patienceMs) refusals.push({ operation, status: 0, code: 'no answer', tookMs });
    }
  }

  async function run(): Promise<void> {
    while (!isFinished) {
      await read();
      await delay(random.below(100));
    }
  }

  const running = [run(), run()];
  return {
    refusals,
    async finish() {
      isFinished = true;
      await Promise.all(running);
    },
  };
}
