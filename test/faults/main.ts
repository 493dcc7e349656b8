import { createHash } from 'node:crypto';
import { randomSource, type RandomSource } from '../support/random.js';
import { databaseFaults } from './faults/database-faults.js';
import { dependencyFaults } from './faults/dependency-faults.js';
import type { Fault } from './faults/fault.js';
import { processFaults } from './faults/process-faults.js';
import { redisFaults } from './faults/redis-faults.js';
import { readOptions } from './options.js';
import { presenceTrial } from './presence.js';
import { rollingRestart } from './rolling-restart.js';
import { roundOf } from './round.js';
import { startService, type Carrier, type Service } from './service.js';
import { soakFor } from './soak.js';
import type { Trial } from './trial.js';
import { untoldMessage } from './untold-message.js';

// Drives two real processes on one PostgreSQL, makes something go wrong in each trial, and holds what every client knows
// against what the database has. Ends with 1 when anything was lost, doubled, out of order or late. See options.ts.

const { seed, times, only, soakSeconds, tailMs } = readOptions(process.argv.slice(2));
const round = (fault: Fault): Trial => roundOf(fault, tailMs);

const trials: Readonly<Record<Carrier, readonly Trial[]>> = {
  postgres: [
    ...[...processFaults, ...databaseFaults, ...dependencyFaults].map(round),
    rollingRestart,
    presenceTrial,
    untoldMessage,
    soakFor(soakSeconds),
  ],
  redis: [...processFaults, ...redisFaults].map(round),
};

console.log(`--seed ${seed}, each ${times === 1 ? 'once' : `${times} times`}`);
let ran = 0;
let failures = 0;
for (const carrier of ['postgres', 'redis'] as const) {
  const chosen = trials[carrier].filter(({ name }) => name.includes(only));
  if (chosen.length > 0) await runAll(carrier, chosen);
}
if (ran === 0) throw new Error(`no trial has ${JSON.stringify(only)} in its name`);
console.log(failures === 0 ? 'nothing was lost, doubled, out of order or late' : `${failures} faults found`);
process.exitCode = failures === 0 ? 0 : 1;

/** All on one service, for as long as it stands: after a failure a new one takes its place. */
async function runAll(carrier: Carrier, chosen: readonly Trial[]): Promise<void> {
  let service: Service | undefined;
  for (let time = 1; time <= times; time += 1) {
    for (const trial of chosen) {
      service ??= await startService(carrier);
      if (await runOne(trial, service, time)) continue;
      await service.stop();
      service = undefined;
    }
  }
  await service?.stop();
}

async function runOne(trial: Trial, service: Service, time: number): Promise<boolean> {
  ran += 1;
  const since = performance.now();
  const { said, faults } = await trial
    .run(service, randomOf(trial, time))
    .catch((error: unknown) => ({ said: 'it could not be judged', faults: [...service.incidents, String(error)] }));
  failures += faults.length;
  const seconds = Math.round((performance.now() - since) / 1_000);
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${String(seconds).padStart(4)} s  ${trial.name}: ${said}`);
  for (const fault of faults.slice(0, 20)) console.log(`             ${fault}`);
  if (faults.length > 20) console.log(`             and ${faults.length - 20} more`);
  return faults.length === 0;
}

/** Each trial has its own: it plays out the same alone, and the second time is not the first. */
function randomOf({ name }: Trial, time: number): RandomSource {
  return randomSource(createHash('sha256').update(`${seed} ${name} ${time}`).digest().readUInt32BE());
}
