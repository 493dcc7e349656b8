import { createHash } from 'node:crypto';

/**
 * One SQL statement of a hot path, written out by its room. `Row` is what it returns, as {@link readColumn} reads it.
 * It is prepared once a connection, under a name made of its text: two modules with two schemas can share a pool.
 */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /**
   * Rows that the server gives before it is asked for the next: thousands, read in one turn of the event loop, would hold
   * up everybody. Default: all at once.
   */
  readonly rowsAtOnce?: number;
  /** Never there: carries the row's type. */
  readonly row?: Row;
}

export function statement<Row>(text: string, options: Pick<Statement<Row>, 'rowsAtOnce'> = {}): Statement<Row> {
  return { name: `kc_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`, text, ...options };
}
