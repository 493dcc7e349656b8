import { parseArgs } from 'node:util';

/** What can be measured, in the order in which it is. `flat` takes long and runs only when it is asked for. */
export const measureNames = [
  'sends',
  'reads',
  'photos',
  'floods',
  'links',
  'dentist',
  'tokens',
  'start',
  'memory',
  'sockets',
  'flat',
] as const;

export type MeasureName = (typeof measureNames)[number];

export interface BenchOptions {
  readonly measures: readonly MeasureName[];
  /** Interleaved rounds; each figure is their median. Default 5. */
  readonly rounds: number;
  /** How long each load runs in each round. Default 4. */
  readonly seconds: number;
  /** Counts of senders with one message in flight each. Default 1, 50, 200 and 1,000. */
  readonly senders: readonly number[];
  /** PostgreSQL waits for the disk at each commit, as in production. Default true; the same for all. */
  readonly fsync: boolean;
  /** A folder for CPU profiles of the servers. Default: none are taken. */
  readonly profileDir: string | undefined;
  /** Two short rounds, for a check in CI: fails when the module is slower than the hand-written service. */
  readonly isShort: boolean;
  /** Writes the results to `bench/results` and the README. Default: unless it is short. */
  readonly isSaved: boolean;
  /** Messages of the big database of `flat`. Default 10,000,000. */
  readonly flatMessages: number;
}

const usage = `npm run bench -- [${measureNames.join(' ')}] [options]
  --rounds 5           interleaved rounds; each figure is their median
  --seconds 4          how long each load runs in each round
  --senders 1,50,200,1000
  --no-fsync           do not wait for the disk at commits (the same for all)
  --short              two short rounds of sends, reads and tokens: fails on a gross loss
  --no-save            leave bench/results and the README as they are
  --flat               the comparison of 10 thousand messages with 10 million (long)
  --flat-messages n    another number than 10 million
  --profile folder     writes CPU profiles of the servers there`;

/** @throws Error of one line for what it does not know. */
export function parseOptions(args: readonly string[]): BenchOptions {
  if (args.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      senders: { type: 'string' },
      'no-fsync': { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      'no-save': { type: 'boolean', default: false },
      flat: { type: 'boolean', default: false },
      'flat-messages': { type: 'string', default: '10000000' },
      profile: { type: 'string' },
    },
  });
  const isShort = values.short;
  const defaults: readonly MeasureName[] = isShort
    ? ['sends', 'reads', 'tokens']
    : measureNames.filter((name) => name !== 'flat');
  const named = positionals.map(readMeasure);
  return {
    measures: values.flat ? ['flat'] : named.length > 0 ? named : defaults,
    rounds: readNumber('rounds', values.rounds ?? (isShort ? '2' : '5')),
    seconds: readNumber('seconds', values.seconds ?? (isShort ? '1.5' : '4')),
    senders: (values.senders ?? (isShort ? '1,200' : '1,50,200,1000')).split(',').map((n) => readNumber('senders', n)),
    fsync: !values['no-fsync'],
    profileDir: values.profile,
    isShort,
    isSaved: !isShort && !values['no-save'],
    flatMessages: readNumber('flat-messages', values['flat-messages']),
  };
}

function readMeasure(name: string): MeasureName {
  const known = measureNames.find((one) => one === name);
  if (known === undefined) throw new Error(`There is no measure "${name}"`);
  return known;
}

function readNumber(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} must be a positive number`);
  return value;
}
