import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import { restDoor, socketDoor } from './doors.js';
import { follow, type Follower } from './follower.js';
import { startReading, type Readers } from './readers.js';
import { startSending, type Sender } from './sender.js';
import type { ServedChat, Service } from './service.js';

/** Everybody who uses the service during a run. */
export interface Load {
  readonly followers: readonly Follower[];
  readonly senders: readonly Sender[];
  readonly readers: Readers;
  /** Resolves once every sender has had an ack for something that it began after now. Rejects when that takes 30 s. */
  everybodySends(): Promise<void>;
  /** Everybody comes to an end; what is unknown has been retried and what was missed fetched. */
  finish(): Promise<void>;
  close(): void;
}

const patienceMs = 30_000;

/** In each chat both people have a device at each process, and send through both doors of both. */
export function startLoad(service: Service, random: RandomSource, withPictures: boolean): Load {
  const followers: Follower[] = [];
  const senders: Sender[] = [];

  for (const chat of service.chats) for (const side of ['customer', 'dentist'] as const) addPerson(chat, side);
  const readers = startReading(service, random);

  function addPerson(chat: ServedChat, side: 'customer' | 'dentist'): void {
    const person = chat[side];
    const token = (): string => service.tokenOf(person);
    const name = `chat${chat.id}-${side}`;
    const devices = service.processes.map(({ url }, at) => follow(`${name}-${at}`, url, token, [chat.id]));
    followers.push(...devices);
    const sockets = devices.map(({ socket }) => ({ kind: 'socket', send: socketDoor(socket) }) as const);
    const rests = service.processes.map(({ url }) => ({ kind: 'rest', send: restDoor(url, token) }) as const);
    const pictures = service.processes.map(({ url }) => ({ kind: 'rest', send: restDoor(url, token, true) }) as const);
    const common = { chatId: chat.id, pauseMs: 20 + random.below(60) };
    senders.push(
      startSending({ ...common, name: `${name}-any`, doors: [...sockets, ...rests], isIdempotent: true }),
      startSending({ ...common, name: `${name}-once`, doors: [...rests, ...sockets], isIdempotent: false }),
    );
    if (side === 'customer' && withPictures) {
      senders.push(
        startSending({ ...common, name: `${name}-picture`, doors: pictures, isIdempotent: true, pauseMs: 400 }),
      );
    }
  }

  return {
    followers,
    senders,
    readers,
    async everybodySends() {
      const since = performance.now();
      const hasSent = ({ sendings }: Sender): boolean =>
        sendings
          .slice(-3)
          .some(({ attempts }) =>
            attempts.some(({ startedAt, outcome }) => startedAt > since && outcome.kind === 'acked'),
          );
      while (!senders.every(hasSent)) {
        await delay(20);
        if (performance.now() > since + patienceMs) throw new Error(describe(senders.filter((one) => !hasSent(one))));
      }
    },
    async finish() {
      await Promise.all(senders.map((sender) => sender.finish()));
      await readers.finish();
      await Promise.all(followers.map((follower) => follower.caughtUp()));
    },
    close: () => followers.forEach((follower) => follower.close()),
  };
}

function describe(stuck: readonly Sender[]): string {
  const last = stuck.map(({ name, sendings }) => {
    const attempts = sendings.slice(-3).flatMap((sending) => sending.attempts);
    return `${name}: ${JSON.stringify(attempts.at(-1)?.outcome)}`;
  });
  return `no ack within ${patienceMs / 1_000} s for ${last.join('; ')}`;
}
