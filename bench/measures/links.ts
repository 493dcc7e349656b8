import type { Bench } from '../bench.js';
import type { LinkCalls } from '../probes/links.js';

const linksPerRound = 5_000;

/** Signed links to pictures: a thousand a second must be a small part of what a process can do. */
export async function measureLinks({ options, results, start, say }: Bench): Promise<void> {
  const probe = await start<LinkCalls>('probes/links');
  await probe.call('sign', linksPerRound);
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const { firstPerSecond, againPerSecond } = await probe.call('sign', linksPerRound);
    first.push(firstPerSecond);
    again.push(againPerSecond);
    say(`Links, round ${round}: ${firstPerSecond.toFixed(0)} new ones a second, ${againPerSecond.toFixed(0)} again`);
  }
  results.figures.push(
    { what: 'Signed S3 links, new', unit: 'links/s', module: first, target: { atLeast: 10_000 } },
    { what: 'Signed S3 links, seen again', unit: 'links/s', module: again },
  );
}
