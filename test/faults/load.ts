import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { SeededPerson } from '../support/host-tables.js';
import type { Place } from './journal.js';
import { restDoor, socketDoor } from './doors.js';
import { follow, type Follower } from './follower.js';
import { startReading, type Readers } from './readers.js';
import { nameOf, startSending, type Sender } from './sender.js';
import type { ServedChat, Service } from './service.js';

/** Everybody who uses the service for a while. */
export interface Load {
  readonly followers: readonly Follower[];
  readonly senders: readonly Sender[];
  readonly readers: Readers;
  /** The doors of each process. */
  readonly places: readonly Place[];
  /** Resolves once every sender, and somebody at each place, has had an ack for what began after now. Rejects after a minute. */
  everybodySends(): Promise<void>;
  /** Everybody comes to an end; what is unknown has been retried and what was missed fetched. */
  finish(): Promise<void>;
  close(): void;
}

export interface LoadOptions {
  /** Of this load alone: what is sent bears it. */
  readonly name: string;
  readonly random: RandomSource;
  /** The newest message that was there before. */
  readonly since: number;
}

/** A process that has just started makes its first picture in it, also on a busy machine. */
const patienceMs = 60_000;
/** How long a live event may take to come once nothing is wrong any more. */
const liveMs = 5_000;

/** One side of a chat: a person with a device at each process. */
interface Seat {
  readonly name: string;
  readonly chatId: number;
  readonly person: SeededPerson;
  readonly devices: readonly Follower[];
}

/** In each chat both people have a device at each process. Once all are connected they send, through both doors of both. */
export async function startLoad(service: Service, { name, random, since }: LoadOptions): Promise<Load> {
  const seats = service.chats.flatMap((chat) =>
    [chat.customer, chat.dentist].map((person) => takeSeat(service, chat.id, person, name, since)),
  );
  const followers = seats.flatMap(({ devices }) => devices);
  await Promise.all(followers.map((follower) => follower.connected()));
  const senders = seats.flatMap((seat) => startSenders(service, seat, random));
  const readers = startReading(service, random);
  const places = service.processes.flatMap((_, process) =>
    (['rest', 'socket', 'picture'] as const).map((door) => ({ door, process })),
  );

  /** Waits for the newest message of each chat, which every device should have by now. */
  async function liveEvents(): Promise<void> {
    const newest = await service.newestMessages();
    const hasAll = (): boolean => followers.every((one) => one.newest >= (newest.get(one.chatId) ?? 0));
    for (const deadline = performance.now() + liveMs; !hasAll() && performance.now() < deadline;) await delay(20);
  }

  return {
    followers,
    senders,
    readers,
    places,
    async everybodySends() {
      const since = performance.now();
      const waiting = (): readonly string[] => [
        ...senders.filter((sender) => sender.lastAcked() <= since).map(describe),
        ...places.filter((place) => !senders.some((sender) => sender.lastAcked(place) > since)).map(nameOf),
      ];
      while (waiting().length > 0) {
        await delay(20);
        if (performance.now() > since + patienceMs)
          throw new Error(`no ack within ${patienceMs / 1_000} s for ${waiting().join('; ')}`);
      }
    },
    async finish() {
      await Promise.all(senders.map((sender) => sender.finish()));
      await readers.finish();
      await Promise.all(followers.map((follower) => follower.connected()));
      await liveEvents();
    },
    close: () => followers.forEach((follower) => follower.close()),
  };
}

function takeSeat(service: Service, chatId: number, person: SeededPerson, load: string, since: number): Seat {
  const name = `${load}-chat${chatId}-${person.type}`;
  const token = (): string => service.tokenOf(person);
  const ownChats = service.chats.filter((chat) => isIn(person, chat)).map(({ id }) => id);
  const devices = service.processes.map(({ url }, at) =>
    follow({ name: `${name}-${at}`, url, token, chatId, ownChats, since }),
  );
  return { name, chatId, person, devices };
}

function isIn({ type, id }: SeededPerson, { customer, dentist }: ServedChat): boolean {
  return (type === 'customer' ? customer : dentist).id === id;
}

function startSenders(service: Service, { name, chatId, person, devices }: Seat, random: RandomSource): Sender[] {
  const token = (): string => service.tokenOf(person);
  const restDoors = (door: 'rest' | 'picture') =>
    service.processes.map(({ url }, process) => ({ door, process, send: restDoor(url, token, door === 'picture') }));
  const sockets = devices.map(
    ({ socket }, process) => ({ door: 'socket', process, send: socketDoor(socket) }) as const,
  );
  const rests = restDoors('rest');
  const common = { chatId, person: person.type, pauseMs: 20 + random.below(60) };
  const senders = [
    startSending({ ...common, name: `${name}-any`, doors: [...sockets, ...rests], isIdempotent: true }),
    startSending({ ...common, name: `${name}-once`, doors: [...rests, ...sockets], isIdempotent: false }),
  ];
  if (person.type === 'dentist') return senders;
  const pictures = {
    ...common,
    name: `${name}-picture`,
    doors: restDoors('picture'),
    isIdempotent: true,
    pauseMs: 400,
  };
  return [...senders, startSending(pictures)];
}

function describe({ name, sendings }: Sender): string {
  const attempts = sendings.slice(-3).flatMap((sending) => sending.attempts);
  return `${name}: ${JSON.stringify(attempts.at(-1)?.outcome)}`;
}
