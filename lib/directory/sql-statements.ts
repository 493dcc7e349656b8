import type { PersonType } from '../auth/actor.js';
import { quoteIdentifier } from '../database/identifiers.js';
import type { CustomersSettings, TableSettings } from './sql-directory-options.js';

// Ids are compared as bigint whatever integer type the column has: the index serves that as well, and an id beyond the
// column's own type is nobody instead of an error. They are read as text, whatever parsers the connection has.

/** `$1` and `$2` ids of customers and dentists: the rows of those who exist. */
export function selectPeople(customers: TableSettings, dentists: TableSettings): string {
  return `${selectTable('customer', customers, '$1')} UNION ALL ${selectTable('dentist', dentists, '$2')}`;
}

function selectTable(type: PersonType, table: TableSettings, ids: string): string {
  const names = table.name.map((column) => `${quoteIdentifier(column)}::text`).join(', ');
  const email = table.email === null ? 'NULL' : quoteIdentifier(table.email);
  const id = quoteIdentifier(table.id);
  return `SELECT '${type}' AS type, ${id}::text AS id, concat_ws(' ', ${names}) AS name, ${email}::text AS email
    FROM ${quoteTable(table)} WHERE ${id} = ANY (${ids}::bigint[])`;
}

/** `$1` a customer's id: the id of their dentist, or null. */
export function selectAssignedDentist(customers: CustomersSettings): string {
  return `SELECT ${quoteIdentifier(customers.dentist)}::text AS id
    FROM ${quoteTable(customers)} WHERE ${quoteIdentifier(customers.id)} = $1::bigint`;
}

/**
 * `$1` ids of customers: those who exist, an array of them (as text) for each dentist's id, or null. A dentist of
 * thousands is one row, which is read in a fraction of the time of thousands.
 */
export function selectAssignments(customers: CustomersSettings): string {
  const id = quoteIdentifier(customers.id);
  const dentist = quoteIdentifier(customers.dentist);
  return `SELECT ${dentist}::text AS dentist, array_agg(${id})::text AS customers
    FROM ${quoteTable(customers)} WHERE ${id} = ANY ($1::bigint[]) GROUP BY ${dentist}`;
}

export function quoteTable({ schema, table }: TableSettings): string {
  return `${schema === undefined ? '' : `${quoteIdentifier(schema)}.`}${quoteIdentifier(table)}`;
}

/** Finds nobody, and fails where a table or a column is not there, or may not be read. */
export function selectNobody(table: TableSettings): string {
  const { id, name, email, login, dentist } = table as TableSettings & Partial<CustomersSettings>;
  const columns = [id, ...name, email, login, dentist].filter((column) => typeof column === 'string');
  return `SELECT ${columns.map(quoteIdentifier).join(', ')} FROM ${quoteTable(table)} LIMIT 0`;
}
