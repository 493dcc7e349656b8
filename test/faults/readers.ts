import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { Service } from './service.js';

/** People who open their chats now and then: they read a page, or mark what is there as read. */
export interface Readers {
  /** Answers that were neither 2xx nor 503, which no fault explains. */
  readonly incidents: readonly string[];
  finish(): Promise<void>;
}

export function startReading(service: Service, random: RandomSource): Readers {
  const incidents: string[] = [];
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
    try {
      const response = await fetch(url + path, { method, headers, signal: AbortSignal.timeout(8_000) });
      await response.arrayBuffer();
      if (!response.ok && response.status !== 503)
        incidents.push(`${method} ${path} was answered with ${response.status}`);
    } catch {
      // The process is gone, or its answer was: the senders' journals tell of that.
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
    incidents,
    async finish() {
      isFinished = true;
      await Promise.all(running);
    },
  };
}
