import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import type { FloodKind, FloodLoadCalls } from '../loads/flood-load.js';
import type { SendLoadCalls, SendOutcome } from '../loads/send-load.js';
import type { ServerCalls } from '../servers/serve.js';

/** People who write meanwhile, each with one message in flight. */
const senders = 10;

const floods: readonly (readonly [FloodKind, string])[] = [
  ['sends', '1,000 messages in flight'],
  ['connects', '20 sockets that come and go'],
  ['requests', '200 requests in flight'],
  ['uploads', '20 photos in flight'],
];

/** What one person's flood, with the limits that the module has by itself, costs the others. */
export async function measureFloods(bench: Bench): Promise<void> {
  const { options, results, tokens, say } = bench;
  const imagesDir = await mkdtemp(join(tmpdir(), 'koa-chat-bench-floods-'));
  try {
    const dataset = { chats: 1 + senders, chatsPerDentist: 1, messages: 0, inFirstChat: 0 };
    const url = await createDatabase(bench.serverUrl, 'floods', dataset);
    const server = await bench.start<ServerCalls>('servers/module', { url, publicKey: tokens.publicKey, imagesDir });
    const port = await server.call('port');
    const words = await bench.start<SendLoadCalls>('loads/send-load');
    const flooding = await bench.start<FloodLoadCalls>('loads/flood-load');
    await words.call('connect', 'module', port, writers(bench));
    const write = (): Promise<SendOutcome> => words.call('send', 'module', senders, options.seconds);
    const flooder = { chatId: 1, token: tokens.tokenOf('customer', 1) };
    await words.call('send', 'module', senders, 2);

    for (const [kind, what] of floods) {
      const alone: SendOutcome[] = [];
      const beside: SendOutcome[] = [];
      for (let round = 1; round <= options.rounds; round += 1) {
        alone.push(await write());
        const flood = flooding.call('flood', kind, port, flooder, options.seconds + 1);
        beside.push(await write());
        const { done, refused } = await flood;
        say(
          `${kind}, round ${round}: p99 alone ${alone.at(-1)?.p99Ms.toFixed(2)} ms, ` +
            `beside the flood ${beside.at(-1)?.p99Ms.toFixed(2)} ms (${done} done, ${refused} refused)`,
        );
      }
      results.comparisons.push({
        what: `Send latency p99, ${senders} senders, beside one person’s flood of ${kind} (${what})`,
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

/** Both sides of the chats behind the flooder's. */
function writers({ tokens }: Bench) {
  return Array.from({ length: senders }, (_, index) => {
    const chatId = 2 + Math.floor(index / 2);
    const type = index % 2 === 0 ? 'customer' : 'dentist';
    return { chatId, auth: { token: tokens.tokenOf(type, chatId) } };
  });
}
