import type { Fault } from './faults/fault.js';
import { judge } from './judge.js';
import type { Attempt } from './journal.js';
import { startLoad, type Load } from './load.js';
import type { Trial } from './trial.js';

/** The first success after an outage is due after this, in milliseconds. */
const recoveryMs = 3_000;

let rounds = 0;

/** A round: everybody uses the service, something goes wrong, and once all is right again everybody is asked. */
export function roundOf(fault: Fault): Trial {
  return {
    name: fault.name,
    async run(service, random) {
      rounds += 1;
      const since = Math.max(beforeAll, ...(await service.newestMessages()).values());
      const load = await startLoad(service, { name: `r${rounds}`, random, since });
      try {
        await load.everybodySends();
        const began = performance.now();
        await fault.inflict(service, random);
        const ended = performance.now();
        await load.everybodySends();
        const recovered = firstSuccess(load, ended) - ended;
        await load.finish();
        const verdict = await judge(service, load, since, fault.excuses);
        const said =
          `${seconds(ended - began)}, first success ${recovered.toFixed(0)} ms later; ` +
          `${verdict.stored} messages, ${verdict.acked} acked, ${verdict.retried} retried`;
        return { said, faults: [...verdict.faults, ...judgeMoments(load, fault, began, ended, recovered)] };
      } finally {
        load.close();
      }
    },
  };
}

/** Below the id of every message of a service under test. */
const beforeAll = 1;

function attemptsOf(load: Load): Attempt[] {
  return load.senders.flatMap(({ sendings }) => sendings.flatMap(({ attempts }) => attempts));
}

function firstSuccess(load: Load, since: number): number {
  const successes = attemptsOf(load).filter(({ endedAt, outcome }) => endedAt > since && outcome.kind === 'acked');
  return Math.min(...successes.map(({ endedAt }) => endedAt));
}

function judgeMoments(load: Load, fault: Fault, began: number, ended: number, recovered: number): string[] {
  const found: string[] = [];
  for (const { door, startedAt, endedAt, outcome } of fault.isOutage === true ? attemptsOf(load) : []) {
    const isDuring = startedAt > began + 1_000 && endedAt < ended - 1_000;
    if (isDuring && outcome.kind === 'acked')
      found.push(`${door}: ${outcome.id} was acked while nobody could be served`);
  }
  if (recovered > recoveryMs) found.push(`the first success came ${recovered.toFixed(0)} ms after the end`);
  return found;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
