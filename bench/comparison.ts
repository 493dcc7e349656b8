/** One figure of the module beside a yardstick's, round by round. */
export interface Comparison {
  /** What is measured: `Sends, 200 senders`. */
  readonly what: string;
  readonly unit: string;
  /** The yardstick: `(b) one prepared statement`. */
  readonly yardstick: string;
  /** One value a round; the same places were measured one after the other. */
  readonly module: readonly number[];
  readonly theirs: readonly number[];
  /** What module / yardstick should be. */
  readonly target?: Target;
  /** Left out where only the gist is shown, as in the README. Default false. */
  readonly isDetail?: boolean;
}

export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A figure that is held against a number and no yardstick. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly module: readonly number[];
  readonly target?: Target;
}

export interface Results {
  readonly comparisons: Comparison[];
  readonly figures: Figure[];
}
