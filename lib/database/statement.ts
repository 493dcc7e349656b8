import { createHash } from 'node:crypto';

/**
 * One SQL statement of a hot path, written out by its room. `Row` is what it returns, as {@link readColumn} reads it.
 * It is prepared once a connection, under a name made of its text: two modules with two schemas can share a pool.
 */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never there: carries the row's type. */
  readonly row?: Row;
}

export function statement<Row>(text: string): Statement<Row> {
  return { name: `kc_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`, text };
}
