import type { Comparison, Figure, Results, Target } from '../comparison.js';
import { median } from '../statistics.js';

/** The middle of several rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One line of a report. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly module: Spread;
  /** Of a comparison: the yardstick, its own figure, and module / yardstick round by round. */
  readonly beside?: { readonly yardstick: string; readonly theirs: Spread; readonly ratio: Spread };
  readonly target?: Target;
  /** Whether the median meets the target; undefined without one. */
  readonly isMet?: boolean;
  readonly isDetail: boolean;
}

export function summarize({ comparisons, figures }: Results): Line[] {
  return [...comparisons.map(lineOfComparison), ...figures.map(lineOfFigure)];
}

function lineOfComparison({ what, unit, yardstick, module, theirs, target, isDetail = false }: Comparison): Line {
  const ratio = spreadOf(module.map((value, round) => value / (theirs[round] ?? Number.NaN)));
  const beside = { yardstick, theirs: spreadOf(theirs), ratio };
  return { what, unit, module: spreadOf(module), beside, isDetail, ...judge(ratio.median, target) };
}

function lineOfFigure({ what, unit, module, target }: Figure): Line {
  const spread = spreadOf(module);
  return { what, unit, module: spread, isDetail: false, ...judge(spread.median, target) };
}

function judge(value: number, target: Target | undefined): Pick<Line, 'target' | 'isMet'> {
  if (target === undefined) return {};
  return { target, isMet: 'atLeast' in target ? value >= target.atLeast : value <= target.atMost };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}
