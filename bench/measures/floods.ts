import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { createDatabase, run } from '../data/databases.js';
import type { FloodKind, FloodLoadCalls, FloodOutcome } from '../loads/flood-load.js';
import type { SendLoadCalls, SendOutcome } from '../loads/send-load.js';
import type { ServerCalls } from '../servers/serve.js';

/** People who write meanwhile, as fast as people never do. */
const senders = 20;
const everyMs = 50;

/** How long they have been writing when a flood begins. */
const beforeFloodMs = 300;
const warmUpMs = 1_000;

/** Chats of each dentist. The floods are a customer's, who has one, but for that of lists. */
const chatsEach = 5_000;

const floods: readonly (readonly [FloodKind, string])[] = [
  ['sends', '1,000 messages in flight'],
  ['connects', '20 sockets that come and go'],
  ['requests', '200 requests in flight'],
  ['lists', '20 requests in flight for all of 5,000 chats'],
  ['uploads', '20 photos in flight'],
];

/** What one person's flood, with the limits that the module has by itself, costs the others. */
export async function measureFloods(bench: Bench): Promise<void> {
  const { options, results, tokens, say } = bench;
  const imagesDir = await mkdtemp(join(tmpdir(), 'koa-chat-bench-floods-'));
  try {
    const chats = (1 + senders / 2) * chatsEach;
    const dataset = { chats, chatsPerDentist: chatsEach, messages: chats, inFirstChat: 0 };
    const url = await createDatabase(bench.serverUrl, 'floods', dataset);
    const server = await bench.start<ServerCalls>('servers/module', { url, publicKey: tokens.publicKey, imagesDir });
    const port = await server.call('port');
    const words = await bench.start<SendLoadCalls>('loads/send-load');
    const flooding = await bench.start<FloodLoadCalls>('loads/flood-load');
    await words.call('connect', 'module', port, writers(bench));
    const customer = { chatId: 1, token: tokens.tokenOf('customer', 1) };
    const dentist = { chatId: 1, token: tokens.tokenOf('dentist', 1) };

    const begin = (kind: FloodKind): Promise<void> =>
      flooding.call('begin', kind, port, kind === 'lists' ? dentist : customer);

    /** Each begins with nothing left to be done of what was before it. */
    const write = async (): Promise<SendOutcome> =>
      words.call('sendAtPace', 'module', senders, options.seconds, everyMs);
    const settle = async (): Promise<void> => {
      await run(url, 'CHECKPOINT');
      await delay(500);
    };
    const writeAlone = async (): Promise<SendOutcome> => {
      await settle();
      return write();
    };
    const writeBeside = async (kind: FloodKind): Promise<SendOutcome & { readonly flood: FloodOutcome }> => {
      await settle();
      const writing = write();
      // Beside people who write already: how a flood begins is part of it.
      await delay(beforeFloodMs);
      await begin(kind);
      const outcome = await writing;
      return { ...outcome, flood: await flooding.call('end') };
    };
    await words.call('send', 'module', senders, 2);

    for (const [kind, what] of floods) {
      const alone: SendOutcome[] = [];
      const beside: SendOutcome[] = [];
      // What is asked for the first time is compiled first.
      await begin(kind);
      await delay(warmUpMs);
      await flooding.call('end');
      for (let round = 1; round <= options.rounds; round += 1) {
        const isFirst = round % 2 === 1;
        if (isFirst) alone.push(await writeAlone());
        const { flood, ...outcome } = await writeBeside(kind);
        beside.push(outcome);
        if (!isFirst) alone.push(await writeAlone());
        if (flood.done === 0) throw new Error(`nothing of the flood of ${kind} got through`);
        const perSecond = (count: number): string => (count / flood.seconds).toFixed(1);
        say(
          `${kind}, round ${round}: p99 alone ${alone.at(-1)?.p99Ms.toFixed(2)} ms, ` +
            `beside the flood ${outcome.p99Ms.toFixed(2)} ms ` +
            `(${perSecond(flood.done)} done and ${perSecond(flood.refused)} refused a second)`,
        );
      }
      results.comparisons.push({
        what:
          `Send latency p99, ${senders} people who write ${1_000 / everyMs} times a second, ` +
          `beside one person’s flood of ${kind} (${what})`,
        unit: 'ms',
        yardstick: 'the same without it',
        module: beside.map(({ p99Ms }) => p99Ms),
        theirs: alone.map(({ p99Ms }) => p99Ms),
        target: { atMost: 2 },
      });
    }
    await Promise.all([server.stop(), words.stop(), flooding.stop()]);
  } finally {
    await rm(imagesDir, { recursive: true, force: true });
  }
}

/** Both sides of one chat of each of the other dentists. */
function writers({ tokens }: Bench) {
  return Array.from({ length: senders }, (_, index) => {
    const dentist = 2 + Math.floor(index / 2);
    const chatId = 1 + (dentist - 1) * chatsEach;
    const token = index % 2 === 0 ? tokens.tokenOf('customer', chatId) : tokens.tokenOf('dentist', dentist);
    return { chatId, auth: { token } };
  });
}
