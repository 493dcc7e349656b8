import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Seen } from './faults/fault.js';
import { judge } from './judge.js';
import { judgeOutage, judgeRecovery, recoveries } from './judges/moments.js';
import { startLoad } from './load.js';
import { pardonOf } from './pardon.js';
import type { Trial } from './trial.js';

let rounds = 0;
/** Below the id of every message of a service under test. */
const beforeAll = 1;

/**
 * A round: everybody uses the service, something goes wrong, and once all is right again everybody is asked. They go on
 * for `tailMs` after the end, in which nothing is forgiven any more once it is longer than what recovery may take.
 */
export function roundOf(fault: Fault, tailMs: number): Trial {
  return {
    name: fault.name,
    async run(service, random) {
      rounds += 1;
      const since = Math.max(beforeAll, ...(await service.newestMessages()).values());
      const load = await startLoad(service, { name: `r${rounds}`, random, since });
      try {
        await load.everybodySends();
        const from = performance.now();
        const outage = await fault.inflict(service, random);
        const until = performance.now();
        await load.everybodySends();
        await delay(Math.max(0, until + tailMs - performance.now()));
        await load.finish();
        const verdict = await judge(service, load, since, pardonOf(fault, { from, until }));
        const slowest = Math.max(...recoveries(load, until).map(({ tookMs }) => tookMs));
        const said =
          `${seconds(until - from)}, every door open ${slowest.toFixed(0)} ms later; ` +
          `${verdict.stored.length} messages, ${verdict.acked} acked, ${verdict.retried} retried`;
        return {
          said,
          faults: [
            ...verdict.faults,
            ...judgeBite(fault, { load, stored: verdict.stored, during: { from, until } }),
            ...judgeRecovery(load, until),
            ...(outage === undefined ? [] : judgeOutage(load, outage)),
          ],
        };
      } finally {
        load.close();
      }
    },
  };
}

function judgeBite({ hasBitten = () => true }: Fault, seen: Seen): string[] {
  return hasBitten(seen) ? [] : ['nobody noticed anything: nothing was tried'];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
