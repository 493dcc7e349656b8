import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import type { Patient, PhotoLoadCalls } from '../loads/photo-load.js';
import type { SendLoadCalls, SendOutcome } from '../loads/send-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

/** Photos that come at the same time. */
const burstSize = 50;
/** People who write meanwhile, each with one message in flight. */
const senders = 10;
const large = { count: 5, megabytes: 10 };

/** What photos cost those who only write, and the memory of the process that takes them. */
export async function measurePhotos(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const imagesDir = await mkdtemp(join(tmpdir(), 'koa-chat-bench-photos-'));
  try {
    const url = await createDatabase(bench.serverUrl, 'photos', {
      chats: burstSize + senders,
      chatsPerDentist: 1,
      messages: 0,
      inFirstChat: 0,
    });
    const input = { url, publicKey: bench.tokens.publicKey, imagesDir };
    const server = await bench.start<ServerCalls>('servers/module', input);
    const port = await server.call('port');
    const words = await bench.start<SendLoadCalls>('loads/send-load');
    const photos = await bench.start<PhotoLoadCalls>('loads/photo-load');
    await words.call('connect', 'module', port, writers(bench));
    await words.call('send', 'module', senders, 2);

    const alone: SendOutcome[] = [];
    const beside: SendOutcome[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      alone.push(await words.call('send', 'module', senders, options.seconds));
      beside.push(await duringBurst(() => words.call('send', 'module', senders, options.seconds), photos, port, bench));
      const show = (outcome: SendOutcome | undefined) =>
        `${outcome?.perSecond.toFixed(0)} messages/s, p50 ${outcome?.p50Ms.toFixed(2)} ms, p99 ${outcome?.p99Ms.toFixed(2)} ms`;
      say(`photos, round ${round}: alone ${show(alone.at(-1))}; during a burst ${show(beside.at(-1))}`);
    }
    for (const percentile of ['p50Ms', 'p99Ms'] as const) {
      results.comparisons.push({
        what: `Send latency ${percentile.slice(0, 3)}, ${senders} senders, while ${burstSize} photos are taken in`,
        unit: 'ms',
        yardstick: 'the same without photos',
        module: beside.map((outcome) => outcome[percentile]),
        theirs: alone.map((outcome) => outcome[percentile]),
        ...(percentile === 'p50Ms' ? { target: { atMost: 2 } } : {}),
      });
    }
    const grownBytes = await growthDuring(server, () =>
      photos.call('sendLarge', port, patientOf(bench, 1), large.count, large.megabytes),
    );
    say(`photos: memory grew by ${(grownBytes / 1_000_000).toFixed(1)} MB`);
    results.figures.push({
      what: `Memory of the process for one message of ${large.count} photos of ${large.megabytes} MB, at most`,
      unit: 'MB',
      module: [grownBytes / 1_000_000],
      target: { atMost: large.count * large.megabytes },
    });
    await Promise.all([server.stop(), words.stop(), photos.stop()]);
  } finally {
    await rm(imagesDir, { recursive: true, force: true });
  }
}

/** Measures while a burst is worked on, and waits for its end. */
async function duringBurst(
  measure: () => Promise<SendOutcome>,
  photos: Program<PhotoLoadCalls>,
  port: number,
  bench: Bench,
): Promise<SendOutcome> {
  const patients = Array.from({ length: burstSize }, (_, index) => patientOf(bench, index + 1));
  const burst = photos.call('burst', port, patients);
  const outcome = await measure();
  await burst;
  return outcome;
}

function patientOf({ tokens }: Bench, chatId: number): Patient {
  return { chatId, token: tokens.tokenOf('customer', chatId) };
}

/** The chats behind those of the photos. */
function writers({ tokens }: Bench) {
  return Array.from({ length: senders }, (_, index) => {
    const chatId = burstSize + 1 + Math.floor(index / 2);
    const type = index % 2 === 0 ? 'customer' : 'dentist';
    return { chatId, auth: { token: tokens.tokenOf(type, chatId) } };
  });
}

/** How far resident memory went beyond what it was before. */
async function growthDuring(server: Program<ServerCalls>, work: () => Promise<void>): Promise<number> {
  const before = await server.call('rssBytes');
  let highest = before;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) highest = Math.max(highest, await server.call('rssBytes'));
  })();
  await work();
  isOver = true;
  await watching;
  return highest - before;
}
