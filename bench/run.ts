import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../host-example/embedded-postgres/start.js';
import type { Bench } from './bench.js';
import { createTokens } from './data/tokens.js';
import { measurePhotos } from './measures/photos.js';
import { measureReads } from './measures/reads.js';
import { measureSends } from './measures/sends.js';
import { parseOptions, type MeasureName } from './options.js';
import { compilePrograms } from './programs/compile.js';
import { startProgram, stopPrograms } from './programs/start-program.js';

const measures: Partial<Record<MeasureName, (bench: Bench) => Promise<void>>> = {
  sends: measureSends,
  reads: measureReads,
  photos: measurePhotos,
};

const options = parseOptions(process.argv.slice(2));
const compiled = await compilePrograms();
const folder = await mkdtemp(join(tmpdir(), 'koa-chat-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), fsync: options.fsync });
const bench: Bench = {
  options,
  serverUrl: postgres.url,
  tokens: createTokens(),
  results: { comparisons: [], figures: [] },
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
  for (const name of options.measures) await measures[name]?.(bench);
  const { median } = await import('./statistics.js');
  for (const { what, yardstick, module, theirs } of bench.results.comparisons) {
    console.log(
      what,
      yardstick,
      median(module).toFixed(2),
      median(theirs).toFixed(2),
      median(module.map((v, i) => v / (theirs[i] ?? NaN))).toFixed(2),
    );
  }
} finally {
  await stopPrograms();
  await postgres.stop();
  await compiled.remove();
  await rm(folder, { recursive: true, force: true });
}
