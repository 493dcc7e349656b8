import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { PersonType, Span } from './journal.js';
import type { ServedChat, Service } from './service.js';

/** People who open their chats now and then: they read a page, or mark what is there as read. */
export interface Readers {
  readonly answers: readonly ReadAnswer[];
  /** Every answer that was no success. */
  readonly refusals: readonly ReadRefusal[];
  finish(): Promise<void>;
}

interface Asked extends Span {
  readonly operation: string;
  readonly person: PersonType;
  readonly personId: number;
  readonly chatId: number;
}

/** What a success said: the chats of a list, the messages of a page, or up to which one is read now. */
export interface ReadAnswer extends Asked {
  readonly chats?: readonly number[];
  readonly page?: readonly number[];
  readonly readUpTo?: number | null;
}

export interface ReadRefusal extends Asked {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly code: string;
}

/** Longer than the 5 s within which an answer is due. */
const patienceMs = 8_000;

interface Body {
  readonly error?: { readonly code: string };
  readonly chats?: readonly { readonly id: number }[];
  readonly messages?: readonly { readonly id: number }[];
  readonly messageId?: number | null;
}

export function startReading(service: Service, random: RandomSource): Readers {
  const answers: ReadAnswer[] = [];
  const refusals: ReadRefusal[] = [];
  let isFinished = false;

  async function read(): Promise<void> {
    const chat = random.pick(service.chats);
    const { url } = random.pick(service.processes);
    const person = random.pick([chat.customer, chat.dentist]);
    const headers = { Authorization: `Bearer ${service.tokenOf(person)}` };
    const { method, path, said } = random.pick(operations);
    const from = performance.now();
    const asked = (): Asked => ({
      operation: `${method} ${path(chat)}`,
      person: person.type,
      personId: person.id,
      chatId: chat.id,
      from,
      until: performance.now(),
    });
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const response = await fetch(url + path(chat), { method, headers, signal });
      const body = (await response.json()) as Body;
      if (response.ok) answers.push({ ...asked(), ...said(body) });
      else refusals.push({ ...asked(), status: response.status, code: body.error?.code ?? '' });
    } catch (error) {
      const code = (error as Error).name === 'TimeoutError' ? 'no answer' : 'connection lost';
      refusals.push({ ...asked(), status: 0, code });
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
    answers,
    refusals,
    async finish() {
      isFinished = true;
      await Promise.all(running);
    },
  };
}

interface Operation {
  readonly method: 'GET' | 'POST';
  path(chat: ServedChat): string;
  said(body: Body): Pick<ReadAnswer, 'chats' | 'page' | 'readUpTo'>;
}

const idsOf = (items: readonly { readonly id: number }[] = []): number[] => items.map(({ id }) => id);

const operations: readonly Operation[] = [
  { method: 'GET', path: () => '/api/chats', said: ({ chats }) => ({ chats: idsOf(chats) }) },
  {
    method: 'GET',
    path: ({ id }) => `/api/chats/${id}/messages?limit=20`,
    said: ({ messages }) => ({ page: idsOf(messages) }),
  },
  {
    method: 'POST',
    path: ({ id }) => `/api/chats/${id}/read`,
    said: ({ messageId = null }) => ({ readUpTo: messageId }),
  },
];
