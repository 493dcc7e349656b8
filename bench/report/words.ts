import type { Target } from '../comparison.js';
import type { Line, Spread } from './summary.js';

/** `14,355`, `43.1`, `0.57`: three digits or more, whatever the size. */
export function formatNumber(value: number): string {
  const fractionDigits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: fractionDigits, maximumFractionDigits: fractionDigits });
}

/** A line in the words of a table: what, the module, the yardstick, the ratio or figure with its spread, the target. */
export function columnsOf({ what, unit, module, beside, target, isMet }: Line): string[] {
  return [
    what,
    `${formatNumber(module.median)} ${unit}`,
    beside === undefined ? '' : `${formatNumber(beside.theirs.median)}, ${beside.yardstick}`,
    formatSpread(beside?.ratio ?? module),
    `${formatTarget(target)}${isMet === false ? ' missed' : ''}`,
  ];
}

export const columnTitles = ['what', 'this module', 'yardstick', 'ratio or figure (lowest to highest)', 'target'];

function formatTarget(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${target.atLeast.toLocaleString('en')}` : `≤ ${target.atMost.toLocaleString('en')}`;
}

function formatSpread({ median, lowest, highest }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(lowest)} to ${formatNumber(highest)})`;
}
