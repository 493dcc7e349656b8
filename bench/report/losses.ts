import type { Line } from './summary.js';
import { formatNumber } from './words.js';

/**
 * What is wrong whatever the machine: 200 senders who get fewer messages through than the hand-written service lets
 * through. A busy machine misses targets; this it cannot do.
 */
export function findLosses(lines: readonly Line[]): string[] {
  return lines.flatMap(({ what, beside }) => {
    const isGuarded = what === 'Sends, 200 senders' && beside?.yardstick.startsWith('(b)') === true;
    if (!isGuarded || beside.ratio.median >= 1) return [];
    return [`A gross loss: ${what} are ${formatNumber(beside.ratio.median)} of ${beside.yardstick}`];
  });
}
