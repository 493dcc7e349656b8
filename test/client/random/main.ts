import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { stopTestServer } from '../../support/postgres.js';
import { removeRunFolder } from '../../support/run-folder.js';
import { actions } from './actions.js';
import { play } from './play.js';
import { startService } from './service.js';

// `npm run test:client -- --runs 200 --seed 7`: random faults, for as long as one likes. A failure names its seed and
// its path, and both together play it again.
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const service = await startService();
try {
  console.log(`seed ${seed}, ${values.runs} runs`);
  let played = 0;
  const property = fc.asyncProperty(actions, async (chosen) => {
    await play(service, chosen);
    if (++played % 10 === 0) console.log(`${played} played`);
  });
  await fc.assert(property, { seed, path: values.path, numRuns: Number(values.runs), endOnFailure: true });
  console.log('Everybody saw in the end what the service has.');
} catch (error) {
  // What went wrong, and then what was played.
  const { message, cause } = error as Error;
  console.error(cause, message);
  process.exitCode = 1;
} finally {
  await service.close();
  await stopTestServer();
  await removeRunFolder();
}
