import type { Bench } from '../bench.js';
import type { TokenCalls } from '../probes/tokens.js';

const people = 1_000;

/** What a token costs: RS256 when it is new, and a look-up when it has been seen. */
export async function measureTokens({ options, results, tokens, start, say }: Bench): Promise<void> {
  const all = Array.from({ length: people }, (_, index) => tokens.tokenOf('dentist', index + 1));
  const probe = await start<TokenCalls>('probes/tokens', { publicKey: tokens.publicKey });
  await probe.call('judge', all);
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const { firstUs, againUs } = await probe.call('judge', all);
    first.push(firstUs);
    again.push(againUs);
    say(`Tokens, round ${round}: ${firstUs.toFixed(1)} us new, ${againUs.toFixed(2)} us again`);
  }
  results.figures.push(
    { what: 'A token, seen again', unit: 'us', module: again, target: { atMost: 10 } },
    { what: 'A token, new', unit: 'us', module: first },
  );
}
