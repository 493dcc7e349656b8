import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import type { Results } from '../comparison.js';
import { measureNames, type MeasureName } from '../options.js';
import type { Machine } from './machine.js';
import { drawPicture } from './picture.js';
import { summarize, type Line } from './summary.js';
import { markdownTable } from './table.js';

/** What was measured last of each measure, and on what. */
interface Saved {
  machine: Machine;
  measures: Partial<Record<MeasureName, Results>>;
}

const root = new URL('../../', import.meta.url);
const fileOf = (path: string): string => fileURLToPath(new URL(path, root));

const begin = '<!-- speed: written by npm run bench -->';
const end = '<!-- /speed -->';

/**
 * Keeps what was measured in `bench/results`, in place of what was there of the same measures, and writes the table and the
 * picture anew. The README shows what has a target.
 */
export async function saveResults(machine: Machine, measured: ReadonlyMap<MeasureName, Results>): Promise<void> {
  const { measures } = JSON.parse(await readFile(fileOf('bench/results/speed.json'), 'utf8')) as Saved;
  const saved: Saved = { machine, measures: { ...measures, ...Object.fromEntries([...measured].map(rounded)) } };
  const lines = measureNames.flatMap((name) => {
    const results = saved.measures[name];
    return results === undefined ? [] : summarize(results);
  });
  const aimed = lines.filter(({ target, isDetail }) => target !== undefined && !isDetail);

  await write('bench/results/speed.json', JSON.stringify(saved));
  await write('bench/results/speed.md', `# Speed\n\n${machine.says}.\n\n${markdownTable(lines)}\n`);
  await writeFile(fileOf('bench/results/speed.svg'), drawPicture(shown(aimed), machine.says));
  await writeReadme(aimed);
}

/** Sends and reads: what a picture can say at a glance. */
function shown(lines: readonly Line[]): Line[] {
  return lines.filter(({ what }) => /^(Sends, 200|Page of|List of 20|One chat)/.test(what));
}

async function writeReadme(lines: readonly Line[]): Promise<void> {
  const text = await readFile(fileOf('README.md'), 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no ${begin} ... ${end}`);
  await write('README.md', `${before}${begin}\n\n${markdownTable(lines)}\n\n${end}${after}`);
}

async function write(path: string, text: string): Promise<void> {
  const options = await prettier.resolveConfig(fileOf(path));
  await writeFile(fileOf(path), await prettier.format(text, { ...options, filepath: path }));
}

/** Four digits say all there is: the rounds differ in the second. */
function rounded([name, { comparisons, figures }]: [MeasureName, Results]): [MeasureName, Results] {
  const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(4)));
  return [
    name,
    {
      comparisons: comparisons.map((one) => ({ ...one, module: round(one.module), theirs: round(one.theirs) })),
      figures: figures.map((one) => ({ ...one, module: round(one.module) })),
    },
  ];
}
