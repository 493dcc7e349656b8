import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

// The whole suite, as runs of Mocha side by side: each takes a share of the files, and is a run as any, with a PostgreSQL of
// its own. Mocha's own workers (--parallel) would hide what a test left open, for they are ended by force. There are more
// of them than small machines have processors: tests wait for most of their time.
// What follows the command goes to all runs: npm test -- --grep pages

const runs = 3;
const names = (await readdir('test', { recursive: true })).filter((name) => name.endsWith('.test.ts'));
const sized = names.map(async (name) => ({ path: join('test', name), bytes: (await stat(join('test', name))).size }));
/** The longest first, in turn: about as much for each run. */
const files = (await Promise.all(sized)).sort((a, b) => b.bytes - a.bytes || a.path.localeCompare(b.path));

/** Writes to `output`: where it is a pipe, it says nothing until somebody reads. */
function run(first: number, output: 'inherit' | 'pipe'): ChildProcess {
  const paths = files
    .filter((_, index) => index % runs === first)
    .map(({ path }) => path)
    .sort();
  return spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...process.argv.slice(2), ...paths], {
    stdio: ['ignore', output, 'inherit'],
  });
}

const started = Array.from({ length: runs }, (_, index) => run(index, index === 0 ? 'inherit' : 'pipe'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Mocha's outer process ends its inner one, the run, at the first of them alone.
  process.on(signal, () => started.forEach((one) => one.kill('SIGINT')));
}
const said = started.map(({ stdout }) => (stdout === null ? '' : text(stdout)));
const codes = (await Promise.all(started.map((one) => once(one, 'close')))).map(([code]) => code as unknown);
for (const one of said) process.stdout.write(await one);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
