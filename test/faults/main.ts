import { parseArgs } from 'node:util';
import { randomSource } from '../support/random.js';
import { faults, rollingRestart, type Fault } from './faults.js';
import { judge } from './judge.js';
import type { Attempt } from './journal.js';
import { startLoad, type Load } from './load.js';
import { startService } from './service.js';

// npm run test:faults -- --seed 7 --rounds 50 --only killed
// Drives two real processes on one PostgreSQL, makes something go wrong in each round, and holds what every client knows
// against what the database has. Ends with 1 when anything was lost, doubled, out of order or late.

const { values } = parseArgs({
  options: {
    /** Chooses the moments, the victims and the loads. Default: by chance, and said. */
    seed: { type: 'string' },
    /** How many rounds; each has one fault, all in turn. Default: each fault once. */
    rounds: { type: 'string' },
    /** Only the faults whose names have this in them. */
    only: { type: 'string', default: '' },
    /** Leaves out those who send pictures. */
    'text-only': { type: 'boolean', default: false },
  },
});

const random = randomSource(values.seed === undefined ? undefined : Number(values.seed));
const chosen = [...faults, rollingRestart].filter(({ name }) => name.includes(values.only));
const rounds = Number(values.rounds ?? chosen.length);

/** Answers are due after 5 s; the rest is for a machine that does much at once. */
const dueMs = 5_500;
/** The first success after an outage is due after 3 s. */
const recoveryMs = 3_500;

console.log(`${rounds} rounds, seed ${random.seed.split('=')[1]}`);
let failures = 0;
for (let round = 1; round <= rounds; round += 1) {
  const fault = chosen[(round - 1) % chosen.length];
  if (fault === undefined) throw new Error(`no fault has ${JSON.stringify(values.only)} in its name`);
  const found = await runRound(fault).catch((error: unknown) => [String(error)]);
  failures += found.length;
  for (const line of found.slice(0, 20)) console.log(`      ${line}`);
  if (found.length > 20) console.log(`      and ${found.length - 20} more`);
}
console.log(failures === 0 ? 'nothing was lost, doubled, out of order or late' : `${failures} faults found`);
process.exitCode = failures === 0 ? 0 : 1;

async function runRound(fault: Fault): Promise<string[]> {
  const service = await startService();
  const load = startLoad(service, random, !values['text-only']);
  try {
    await load.everybodySends();
    const began = performance.now();
    await fault.inflict(service, random);
    const ended = performance.now();
    await load.everybodySends();
    const recovered = firstSuccess(load, ended) - ended;
    await load.finish();
    const verdict = await judge(service, load);
    const found = [...verdict.faults, ...judgeTimes(load, fault, began, ended, recovered)];
    console.log(
      `${found.length === 0 ? 'ok  ' : 'FAIL'}  ${fault.name}: ${((ended - began) / 1_000).toFixed(1)} s, first success ${recovered.toFixed(0)} ms later; ` +
        `${verdict.stored} messages, ${verdict.acked} acked, ${verdict.retried} retried`,
    );
    return found;
  } finally {
    load.close();
    await service.stop();
  }
}

function attemptsOf(load: Load): Attempt[] {
  return load.senders.flatMap(({ sendings }) => sendings.flatMap(({ attempts }) => attempts));
}

function firstSuccess(load: Load, since: number): number {
  const successes = attemptsOf(load).filter(({ endedAt, outcome }) => endedAt > since && outcome.kind === 'acked');
  return Math.min(...successes.map(({ endedAt }) => endedAt));
}

function judgeTimes(load: Load, fault: Fault, began: number, ended: number, recovered: number): string[] {
  const found: string[] = [];
  for (const { door, startedAt, endedAt, outcome } of attemptsOf(load)) {
    const tookMs = endedAt - startedAt;
    if (tookMs > dueMs) found.push(`an answer (${door}, ${JSON.stringify(outcome)}) took ${tookMs.toFixed(0)} ms`);
    const isDuring = fault.isOutage === true && startedAt > began + 1_000 && endedAt < ended - 1_000;
    if (isDuring && outcome.kind === 'acked')
      found.push(`${door}: ${outcome.id} was acked while nobody could be served`);
  }
  if (recovered > recoveryMs) found.push(`the first success came ${recovered.toFixed(0)} ms after the end`);
  return found;
}
