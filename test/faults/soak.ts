import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from './host.js';
import { judge } from './judge.js';
import { startLoad } from './load.js';
import type { Service } from './service.js';
import type { Trial } from './trial.js';

/** After this, and after a fifth of a long soak, a process has compiled what it runs, filled its pool, and met everybody. */
const warmUpMs = 8_000;
const warmUpShare = 0.2;
/** Everybody goes and comes back so often. */
const stintMs = 5_000;
/** Of what a process holds once everybody has gone; the rest is for what is compiled later, and the URLs it remembers. */
const heapMargin = { share: 0.1, bytes: 4 * 1024 * 1024 };
const patienceMs = 45_000;

/** Everybody uses the service for a while, and comes and goes; then each process is as it was at the start. */
export function soakFor(seconds: number): Trial {
  // Of all runs: what is sent under a name that was there before is taken for a retry.
  let stints = 0;
  return {
    name: 'a soak leaves nothing behind',
    async run(service, random) {
      const faults: string[] = [];
      const use = async (forMs: number): Promise<void> => {
        for (const end = performance.now() + forMs; performance.now() < end;) {
          stints += 1;
          const since = Math.max(1, ...(await service.newestMessages()).values());
          const load = await startLoad(service, { name: `s${stints}`, random, since });
          await delay(Math.min(stintMs, end - performance.now()));
          await load.finish();
          faults.push(...(await judge(service, load, since, [])).faults);
          load.close();
        }
      };
      for (const process of service.processes) await process.close();
      for (const process of service.processes) await process.start();
      await use(Math.max(warmUpMs, warmUpShare * seconds * 1_000));
      const before = await Promise.all(service.processes.map((process) => process.measure()));
      await use(seconds * 1_000);
      const after = await settle(service, before);
      return {
        said: `${seconds} s; heaps ${before.map((one, at) => `${megabytes(one)} -> ${megabytes(after[at])}`).join(', ')} MB`,
        faults: [...faults, ...before.flatMap((one, at) => grown(one, after[at]))],
      };
    },
  };
}

/** Measures until everything is back; what is on its way out may take the time of an idle connection. */
async function settle({ processes }: Service, before: readonly Measure[]): Promise<Measure[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const after = await Promise.all(processes.map((process) => process.measure()));
    const isBack = before.every((one, at) => grown(one, after[at]).length === 0);
    if (isBack || performance.now() > deadline) return after;
    await delay(1_000);
  }
}

function grown(before: Measure, after: Measure | undefined): string[] {
  if (after === undefined) return ['a process could not be measured'];
  const kinds = Object.entries(after.counts).filter(([kind, count]) => count > (before.counts[kind] ?? 0));
  const faults = kinds.map(([kind, count]) => `${kind}: ${count}, and ${before.counts[kind] ?? 0} at the start`);
  const allowed = before.heapBytes * (1 + heapMargin.share) + heapMargin.bytes;
  if (after.heapBytes > allowed) faults.push(`the heap has grown: ${megabytes(before)} -> ${megabytes(after)} MB`);
  return faults;
}

function megabytes(measure: Measure | undefined): string {
  return ((measure?.heapBytes ?? 0) / 1024 / 1024).toFixed(1);
}
