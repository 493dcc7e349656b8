import pg from 'pg';
import type { Statement } from '../../lib/database/statement.js';

/** What PostgreSQL did for one statement. */
export interface Plan {
  /** Names of the indexes that were read. */
  readonly indexes: ReadonlySet<string>;
  /** Names of the tables that were read from end to end. */
  readonly readWhole: ReadonlySet<string>;
  /** Rows of tables that were looked at, whether they were wanted or not. */
  readonly rowsTouched: number;
}

/** A parameter; `'NULL'` in an array is none. */
export type PlanValue = string | number | null | readonly (string | number)[];

/** A node of `EXPLAIN (ANALYZE, FORMAT JSON)`; the numbers are averages over the loops. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Runs a statement as the module does, prepared, with a plan that knows none of the values: the one that it settles on.
 * Inside a transaction that the caller rolls back.
 */
export async function planOf(
  client: pg.Client,
  { text }: Statement<unknown>,
  values: readonly PlanValue[],
): Promise<Plan> {
  await client.query('SET LOCAL plan_cache_mode = force_generic_plan');
  await client.query(`PREPARE hot AS ${text}`);
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot${values.length === 0 ? '' : `(${values.map(literal).join(', ')})`}`,
    );
    return summarize(rows.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan)));
  } finally {
    await client.query('DEALLOCATE hot').catch(() => undefined); // after an error the transaction takes no command
  }
}

function literal(value: PlanValue): string {
  if (value === null) return 'NULL';
  return pg.escapeLiteral(typeof value === 'object' ? `{${value.join(',')}}` : String(value));
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function summarize(nodes: readonly PlanNode[]): Plan {
  const readWhole = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? '');
  return {
    indexes: new Set(nodes.flatMap((node) => node['Index Name'] ?? [])),
    readWhole: new Set(readWhole),
    rowsTouched: nodes
      .filter((node) => node['Node Type'].endsWith('Scan'))
      .reduce((sum, node) => sum + touched(node), 0),
  };
}

/** A CTE and a sub-select are scans too, of rows that were counted below them. */
function touched(node: PlanNode): number {
  if (node['Relation Name'] === undefined && node['Node Type'] !== 'Bitmap Index Scan') return 0;
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}
