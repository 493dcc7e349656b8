import { setTimeout as delay } from 'node:timers/promises';
import type { RandomSource } from '../support/random.js';
import type { Measure } from './host.js';
import { judge } from './judge.js';
import { Promptness } from './judges/promptness.js';
import { startLoad } from './load.js';
import { signPictures, writePictures } from './remembered-pictures.js';
import type { Service } from './service.js';
import type { Trial } from './trial.js';

/** After this, and in the first half of a long soak, a process compiles what it runs, fills its pool, and meets everybody. */
const warmUpMs = 8_000;
/** Everybody goes and comes back so often. */
const stintMs = 5_000;
/** Between two stints, for what the last one has left on its way out. */
const breatherMs = 1_000;
/** By how much what a process holds may grow over the second half: less than a hundred bytes for each message of it. */
const allowedGrowthBytes = 2 * 1024 * 1024;
/** A soak of a few stints does not see past what is still compiled: it finds only what keeps whole chats. */
const allowedInShort = 6 * 1024 * 1024;
const fewSamples = 10;
const patienceMs = 45_000;

/** What a process held at a time. */
interface Sample {
  readonly atMs: number;
  readonly heldBytes: number;
}

/**
 * Everybody uses the service for a while, and comes and goes; then each process has what it had at the start. What it
 * remembers within bounds is full before it is measured; then its memory is a level line. The line is drawn through many
 * measures, for a single one says little: what is compiled, and thrown away again, comes to more than a small leak.
 */
export function soakFor(seconds: number): Trial {
  // Of all runs: what is sent under a name that was there before is taken for a retry.
  let stints = 0;
  return {
    name: 'a soak leaves nothing behind',
    async run(service, random) {
      const faults: string[] = [];
      const promptness = new Promptness();
      const stint = async (forMs: number): Promise<void> => {
        stints += 1;
        faults.push(...(await useOnce(service, random, `s${stints}`, forMs, promptness)));
        await delay(breatherMs);
      };
      for (const process of service.processes) await process.close();
      await writePictures(service);
      for (const process of service.processes) await process.start();
      await signPictures(service);
      for (const end = performance.now() + warmUpMs; performance.now() < end;) await stint(stintMs);
      const before = await measureAll(service);
      const samples: Sample[][] = service.processes.map(() => []);
      for (const end = performance.now() + seconds * 1_000; performance.now() < end;) {
        await stint(Math.min(stintMs, end - performance.now()));
        const measured = await measureAll(service);
        measured.forEach(({ heldBytes }, at) => samples[at]?.push({ atMs: performance.now(), heldBytes }));
      }
      const after = await settle(service, before);
      const grown = samples.map(secondHalf).map(growthOf);
      return {
        said: `${seconds} s; live ${promptness.p99Ms.toFixed(0)} ms after the ack (p99); ${samples.map((one, at) => `${line(one)} MB, in the second half ${megabytes(grown[at])}`).join('; ')}`,
        faults: [
          ...faults,
          ...promptness.faults,
          ...before.flatMap((one, at) => moreThan(one, after[at])),
          ...grown.flatMap((bytes, at) => judgeGrowth(bytes, samples[at]?.length ?? 0)),
        ],
      };
    },
  };
}

async function useOnce(
  service: Service,
  random: RandomSource,
  name: string,
  forMs: number,
  promptness: Promptness,
): Promise<readonly string[]> {
  const since = Math.max(1, ...(await service.newestMessages()).values());
  const load = await startLoad(service, { name, random, since });
  await delay(forMs);
  await load.finish();
  const { faults } = await judge(service, load, since);
  promptness.add(load);
  load.close();
  return faults;
}

function measureAll({ processes }: Service): Promise<Measure[]> {
  return Promise.all(processes.map((process) => process.measure()));
}

/** Measures until everything is back; what is on its way out may take the time of an idle connection. */
async function settle(service: Service, before: readonly Measure[]): Promise<Measure[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const after = await measureAll(service);
    const isBack = before.every((one, at) => moreThan(one, after[at]).length === 0);
    if (isBack || performance.now() > deadline) return after;
    await delay(1_000);
  }
}

/** Of what a process has by the piece. */
function moreThan(before: Measure, after: Measure | undefined): string[] {
  if (after === undefined) return ['a process could not be measured'];
  const kinds = Object.entries(after.counts).filter(([kind, count]) => count > (before.counts[kind] ?? 0));
  return kinds.map(([kind, count]) => `${kind}: ${count}, and ${before.counts[kind] ?? 0} at the start`);
}

function secondHalf(samples: readonly Sample[]): readonly Sample[] {
  return samples.slice(Math.floor(samples.length / 2));
}

/** How far the straight line rises that is nearest to the samples (least squares). */
function growthOf(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [atMs, heldBytes] = [mean((one) => one.atMs), mean((one) => one.heldBytes)];
  const covariance = mean((one) => (one.atMs - atMs) * (one.heldBytes - heldBytes));
  return (covariance / mean((one) => (one.atMs - atMs) ** 2)) * (last.atMs - first.atMs);
}

function judgeGrowth(bytes: number, count: number): string[] {
  const allowed = count < fewSamples ? allowedInShort : allowedGrowthBytes;
  return bytes > allowed ? [`what a process holds has grown by ${megabytes(bytes)} MB in the second half`] : [];
}

/** A few of the samples, for whoever reads along. */
function line(samples: readonly Sample[]): string {
  const step = Math.max(1, Math.floor(samples.length / 8));
  const some = samples.filter((_, at) => at % step === 0 || at === samples.length - 1);
  return some.map(({ heldBytes }) => megabytes(heldBytes)).join(' ');
}

function megabytes(bytes = 0): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
