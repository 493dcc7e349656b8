import { parseArgs } from 'node:util';
import { randomSource } from '../support/random.js';
import { removeRunFolder, sweepDeadRuns } from '../support/run-folder.js';
import { stopTestServer } from '../support/postgres.js';
import { attackTarget } from './attack-target.js';
import { startTarget } from './target.js';

// npm run test:hostile -- --seed 7 --inputs 100000
// Attacks a host in a process of its own with what properties and corpora make, at every route and event that the module
// declares and at the protocols below. Ends with 1 on an answer of 5xx, a failure in the log, an end of the process, or a
// text that did not come back to the byte; and when no message was taken at all.

const { values } = parseArgs({
  options: {
    /** Makes the same inputs again. Default: by chance, and said. */
    seed: { type: 'string' },
    /** How many, at least. */
    inputs: { type: 'string', default: '20000' },
  },
});
const seed = Number(values.seed ?? randomSource().seed.split('=')[1]);
console.log(`seed ${seed}`);
await sweepDeadRuns();
const target = await startTarget();
try {
  const began = performance.now();
  const { inputs, faults, accepted } = await attackTarget(target, Number(values.inputs), seed);
  for (const [name, count] of inputs) console.log(`${String(count).padStart(6)}  ${name}`);
  for (const fault of faults.slice(0, 20)) console.log(`FAIL  ${fault}`);
  const all = [...inputs.values()].reduce((sum, count) => sum + count, 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(
    `${all} inputs in ${seconds} s, ${accepted} messages taken and given back to the byte, ${faults.length} faults`,
  );
  // With none taken, nothing got past the parsers.
  process.exitCode = faults.length === 0 && accepted > 0 ? 0 : 1;
} finally {
  await target.stop();
  await stopTestServer();
  await removeRunFolder();
}
