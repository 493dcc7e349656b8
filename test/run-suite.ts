import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

// The whole suite, as two runs of Mocha side by side: each takes every other file, and is a run as any, with a PostgreSQL
// of its own. Mocha's own workers (--parallel) would hide what a test left open, for they are ended by force.
// What follows the command goes to both runs: npm test -- --grep pages

const files = (await readdir('test', { recursive: true })).filter((name) => name.endsWith('.test.ts')).sort();
const everyOther = (first: number): string[] => files.filter((_, index) => index % 2 === first);

/** Writes to `output`: where it is a pipe, it says nothing until somebody reads. */
function run(names: readonly string[], output: 'inherit' | 'pipe'): ChildProcess {
  const paths = names.map((name) => join('test', name));
  return spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...process.argv.slice(2), ...paths], {
    stdio: ['ignore', output, 'inherit'],
  });
}

const shown = run(everyOther(0), 'inherit');
const kept = run(everyOther(1), 'pipe');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Mocha's outer process ends its inner one, the run, at the first of them alone.
  process.on(signal, () => [shown, kept].forEach((one) => one.kill('SIGINT')));
}
const said = kept.stdout === null ? '' : text(kept.stdout);
const codes = (await Promise.all([shown, kept].map((one) => once(one, 'close')))).map(([code]) => code as unknown);
process.stdout.write(await said);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
