import { quoteIdentifier } from '../database/identifiers.js';
import type { DirectoryContext, LoginMatch } from './directory.js';
import type { TableSettings } from './sql-directory-options.js';
import { idOrNaN } from './sql-rows.js';
import { quoteTable } from './sql-statements.js';

/** Who has each of these logins; NaN for an id that cannot be one. */
export type LoginSearch = (logins: readonly string[]) => Promise<LoginMatch[]>;

/** How a login, which is text, is compared with a column so that the column's index still serves. */
interface Comparison {
  /** Whether a value of the column can read as this text at all. Whatever cannot, is nobody's. */
  readonly canBe: (login: string) => boolean;
  /** The condition, with the login as `asked.login`. */
  readonly condition: (column: string) => string;
}

const asText: Comparison = { canBe: () => true, condition: (column) => `${column} = asked.login::text` };
/** A bigint, written as PostgreSQL writes it: what is longer is no number there, but an error. */
function isBigint(login: string): boolean {
  return /^(0|-?[1-9]\d{0,18})$/.test(login) && BigInt.asIntN(64, BigInt(login)) === BigInt(login);
}

const asInteger: Comparison = {
  canBe: isBigint,
  condition: (column) => `${column} = asked.login::bigint`,
};
const asUuid: Comparison = {
  canBe: (login) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(login),
  condition: (column) => `${column} = asked.login::uuid`,
};
/** Any other type is compared by its text: right, and without the index. */
const byItsText: Comparison = { canBe: () => true, condition: (column) => `${column}::text = asked.login::text` };

const comparisons = new Map<unknown, Comparison>([
  ['text', asText],
  ['varchar', asText],
  ['int2', asInteger],
  ['int4', asInteger],
  ['int8', asInteger],
  ['uuid', asUuid],
]);

/** The type of column `$2` of table `$1`; of a domain, the type below it. */
const columnTypeSql = `SELECT coalesce(base.typname, own.typname) AS type
  FROM pg_attribute a JOIN pg_type own ON own.oid = a.atttypid LEFT JOIN pg_type base ON base.oid = own.typbasetype
  WHERE a.attrelid = to_regclass($1::text) AND a.attname = $2::name AND NOT a.attisdropped`;

/**
 * Finds people by a column of logins, many in one statement, exactly as text: `07` is not 7. The column's type is asked for once, so that the
 * parameter is cast and not the column, whose index would be lost.
 */
export function createLoginSearch(query: DirectoryContext['query'], table: TableSettings, login: string): LoginSearch {
  let comparison: Promise<Comparison> | undefined;

  async function findComparison(): Promise<Comparison> {
    const [column] = await query(columnTypeSql, [quoteTable(table), login]);
    if (column === undefined) throw new Error(`There is no column ${quoteIdentifier(login)} in ${quoteTable(table)}`);
    return comparisons.get(column['type']) ?? byItsText;
  }

  return async (logins) => {
    try {
      const { canBe, condition } = await (comparison ??= findComparison());
      // PostgreSQL's text holds no NUL, and no lone surrogate can be sent.
      const asked = logins.filter((value) => canBe(value) && !value.includes('\0') && value.isWellFormed());
      if (asked.length === 0) return [];
      const rows = await query(
        `SELECT asked.login, t.${quoteIdentifier(table.id)}::text AS id
           FROM unnest($1::text[]) AS asked (login) JOIN ${quoteTable(table)} t ON ${condition(`t.${quoteIdentifier(login)}`)}`,
        [asked],
      );
      return rows.map((row) => ({ login: String(row['login']), id: idOrNaN(row['id']) }));
    } catch (error) {
      comparison = undefined; // perhaps the table has changed since
      throw error;
    }
  };
}
