import { setTimeout as delay } from 'node:timers/promises';
import { serveCalls } from '../programs/serve-calls.js';
import { quantile } from '../statistics.js';
import { connectSocket, type EngineSocket } from './engine-socket.js';

// Senders on sockets: who send the next message when the ack is there, or at set times.

/** A person at one of the sockets. Seats come in pairs: the two members of a chat. */
export interface Seat {
  readonly chatId: number;
  readonly auth: object;
}

export interface SendOutcome {
  /** Messages acked and delivered to both sockets of their chat, a second. */
  readonly perSecond: number;
  readonly sent: number;
  /** Milliseconds from the emit to the ack. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export interface Reconnected {
  /** Milliseconds until the last one had its `connected`. */
  readonly lastMs: number;
  readonly failed: number;
}

export type SendLoadCalls = {
  connect: (server: string, port: number, seats: Seat[]) => Promise<void>;
  disconnect: (server: string) => void;
  /** Each has one message in flight and sends the next when the ack is there. */
  send: (server: string, senders: number, seconds: number) => Promise<SendOutcome>;
  /**
   * Each sends a message every `everyMs`, whatever has become of those before. Latencies count from when a message was
   * due: what holds everything up for a while counts for each that was to be sent meanwhile.
   */
  sendAtPace: (server: string, senders: number, seconds: number, everyMs: number) => Promise<SendOutcome>;
  /** Ends the sockets of the last `count` seats and connects them again, all at once. */
  reconnect: (server: string, count: number) => Promise<Reconnected>;
};

interface Seated {
  readonly seat: Seat;
  readonly socket: EngineSocket;
}

const content = 'The new aligners fit well, and the left side hurts a little less.';

const seated = new Map<string, Seated[]>();
const ports = new Map<string, number>();

/** Sockets that connect at the same time. */
const connectingAtOnce = 50;
/** How long the last deliveries may take. */
const settleMs = 5_000;

const calls: SendLoadCalls = {
  async connect(server, port, seats) {
    const here: Seated[] = [];
    for (let from = 0; from < seats.length; from += connectingAtOnce) {
      const some = seats.slice(from, from + connectingAtOnce);
      here.push(
        ...(await Promise.all(
          some.map(async (seat) => ({ seat, socket: await connectSocket({ port, auth: seat.auth }) })),
        )),
      );
    }
    seated.set(server, here);
    ports.set(server, port);
  },

  disconnect(server) {
    for (const { socket } of seated.get(server) ?? []) socket.close();
    seated.delete(server);
  },

  send: (server, senders, seconds) =>
    measure(server, senders, seconds, (one, end, latencies) => sendUntil(end, one, latencies)),

  sendAtPace: (server, senders, seconds, everyMs) =>
    measure(server, senders, seconds, (one, end, latencies, share) =>
      // Spread over the interval: people do not write in step.
      sendEvery(everyMs, performance.now() + share * everyMs, end, one, latencies),
    ),

  async reconnect(server, count) {
    const all = seated.get(server) ?? [];
    const port = ports.get(server) ?? 0;
    const leaving = all.splice(-count);
    for (const { socket } of leaving) socket.close();
    const started = performance.now();
    const back = await Promise.allSettled(leaving.map(({ seat }) => connectSocket({ port, auth: seat.auth })));
    const lastMs = performance.now() - started;
    back.forEach((result, index) => {
      const seat = leaving[index]?.seat;
      if (result.status === 'fulfilled' && seat !== undefined) all.push({ seat, socket: result.value });
    });
    return { lastMs, failed: count - back.filter(({ status }) => status === 'fulfilled').length };
  },
};

/** Lets the first `senders` send, and waits until both members of each chat have everything. `share` is from 0 to 1. */
async function measure(
  server: string,
  senders: number,
  seconds: number,
  send: (one: Seated, end: number, latencies: number[], share: number) => Promise<void>,
): Promise<SendOutcome> {
  const all = seated.get(server) ?? [];
  const latencies: number[] = [];
  const before = delivered(all);
  const started = performance.now();
  const end = started + seconds * 1_000;
  await Promise.all(all.slice(0, senders).map((one, index) => send(one, end, latencies, index / senders)));
  const tookSeconds = (performance.now() - started) / 1_000;
  await expectDelivered(all, before + 2 * latencies.length);
  return {
    perSecond: latencies.length / tookSeconds,
    sent: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    longestMs: quantile(latencies, 1),
  };
}

async function sendUntil(end: number, { seat, socket }: Seated, latencies: number[]): Promise<void> {
  const json = JSON.stringify({ sessionId: seat.chatId, content });
  for (let at = performance.now(); at < end;) {
    if (!(await socket.emit('message:send', json))) throw new Error('a message was refused');
    const now = performance.now();
    latencies.push(now - at);
    at = now;
  }
}

async function sendEvery(
  everyMs: number,
  first: number,
  end: number,
  { seat, socket }: Seated,
  latencies: number[],
): Promise<void> {
  const json = JSON.stringify({ sessionId: seat.chatId, content });
  const acked: Promise<void>[] = [];
  for (let due = first; due < end; due += everyMs) {
    const early = due - performance.now();
    if (early > 0) await delay(early);
    const from = due;
    acked.push(
      socket.emit('message:send', json).then((isOk) => {
        if (!isOk) throw new Error('a message was refused');
        latencies.push(performance.now() - from);
      }),
    );
  }
  await Promise.all(acked);
}

/** Each message reaches both members of its chat, the sender too. */
async function expectDelivered(all: readonly Seated[], expected: number): Promise<void> {
  for (let waitedMs = 0; delivered(all) < expected; waitedMs += 5) {
    if (waitedMs > settleMs) throw new Error(`${expected - delivered(all)} messages were acked and not delivered`);
    await delay(5);
  }
}

function delivered(all: readonly Seated[]): number {
  return all.reduce((sum, { socket }) => sum + socket.newMessages(), 0);
}

serveCalls(calls);
