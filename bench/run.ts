import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../host-example/embedded-postgres/start.js';
import type { Bench } from './bench.js';
import type { Results } from './comparison.js';
import { createTokens } from './data/tokens.js';
import { measures } from './measures/measures.js';
import { parseOptions, type MeasureName } from './options.js';
import { compilePrograms } from './programs/compile.js';
import { startProgram, stopPrograms } from './programs/start-program.js';
import { findLosses } from './report/losses.js';
import { describeMachine } from './report/machine.js';
import { saveResults } from './report/save.js';
import { summarize } from './report/summary.js';
import { terminalTable } from './report/table.js';

const options = parseOptions(process.argv.slice(2));
const compiled = await compilePrograms();
const folder = await mkdtemp(join(tmpdir(), 'koa-chat-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), fsync: options.fsync });
const bench: Omit<Bench, 'results'> = {
  options,
  serverUrl: postgres.url,
  tokens: createTokens(),
  start: (name, input, nodeOptions = []) => {
    const profile =
      options.profileDir === undefined
        ? []
        : [
            '--cpu-prof',
            `--cpu-prof-dir=${options.profileDir}`,
            `--cpu-prof-name=${name.replace('/', '-')}-${process.pid}.cpuprofile`,
          ];
    return startProgram(compiled.programFile(name), input, { nodeOptions: [...nodeOptions, ...profile] });
  },
  say: (line) => console.log(line),
};

try {
  const measured = new Map<MeasureName, Results>();
  for (const name of options.measures) {
    const results: Results = { comparisons: [], figures: [] };
    await measures[name]({ ...bench, results });
    await stopPrograms();
    measured.set(name, results);
  }
  const lines = [...measured.values()].flatMap(summarize);
  console.log(`\n${terminalTable(lines)}\n`);
  if (options.isSaved) await saveResults(await describeMachine(postgres.url), measured);
  for (const loss of findLosses(lines)) {
    console.error(loss);
    process.exitCode = 1;
  }
} finally {
  await stopPrograms();
  await postgres.stop();
  await compiled.remove();
  await rm(folder, { recursive: true, force: true });
}
