import { QueryTypes, type Sequelize } from 'sequelize';
import { personTypes, type PersonType } from '../auth/actor.js';
import { parseOptions } from '../config/parse-options.js';
import { removeValues, sqlStateOf } from '../database/database-errors.js';
import type { Directory, DirectoryContext, DirectorySource, LoginMatch } from './directory.js';
import { createLoginSearch } from './login-search.js';
import { sqlDirectoryOptions } from './sql-directory-options.js';
import { selectAssignedDentist, selectAssignments, selectNobody, selectPeople } from './sql-statements.js';
import { idOrNaN, readIdColumn, readIdsColumn, readPersonRow } from './sql-rows.js';

/** A table, view or foreign table of people. Names are taken as they are, upper case and all. */
export interface PeopleTable {
  table: string;
  /** Default: found by the connection's `search_path`. */
  schema?: string;
  /** A column of positive integers, the people's ids in the chat. Default `id`. */
  id?: string;
  /** The column of the name, or several that are joined with a space. Default `name`. */
  name?: string | readonly string[];
  /** The column of the e-mail address, null where there is none. Default `email`. */
  email?: string | null;
  /** The column by which a token names the person: text, uuid or integer, and indexed. Default: nobody is found by login. */
  login?: string;
}

export interface CustomersTable extends PeopleTable {
  /** The column of the assigned dentist's id, null for none. Default `dentist_id`. */
  dentist?: string;
}

export interface SqlDirectoryOptions {
  customers: CustomersTable;
  dentists: PeopleTable;
  /** A PostgreSQL instance of the host whose database has the tables. Default: they are in the module's database. */
  sequelize?: Sequelize;
  /** Or: runs one statement with `$1`-style parameters wherever the tables are. */
  query?: DirectoryContext['query'];
}

/**
 * Reads people and assignments from the host's own tables, and writes nothing: one statement a batch, by primary key.
 * The user of the connection needs SELECT on the columns that are named; a start looks whether they are there.
 * @throws ChatSetupError with every fault in the options.
 */
export function sqlDirectory(options: SqlDirectoryOptions): DirectorySource {
  const { customers, dentists, sequelize, query: given } = parseOptions('sqlDirectory', sqlDirectoryOptions, options);
  const own = given ?? (sequelize && queryOf(sequelize));
  const peopleSql = selectPeople(customers, dentists);
  const dentistSql = selectAssignedDentist(customers);
  const assignmentsSql = selectAssignments(customers);

  const open = (context: DirectoryContext): Directory => {
    const query = own ?? context.query;
    const searches = {
      customer: customers.login === undefined ? undefined : createLoginSearch(query, customers, customers.login),
      dentist: dentists.login === undefined ? undefined : createLoginSearch(query, dentists, dentists.login),
    };
    const findByLogins = async (type: PersonType, logins: readonly string[]): Promise<LoginMatch[]> => {
      const search = searches[type];
      if (search === undefined) throw new Error(`sqlDirectory.${type}s.login is not set, and a token needs it`);
      return search(logins);
    };
    return {
      findPeople: async (refs) => {
        const idsOf = (type: PersonType): number[] => refs.filter((ref) => ref.type === type).map(({ id }) => id);
        return (await query(peopleSql, [idsOf('customer'), idsOf('dentist')])).map(readPersonRow);
      },
      findAssignedDentist: async (customerId) => {
        const [customer] = await query(dentistSql, [customerId]);
        return customer === undefined || customer['id'] === null ? null : readIdColumn(customer['id']);
      },
      findAssignments: async (customerIds) =>
        (await query(assignmentsSql, [customerIds])).flatMap(({ customers: assigned, dentist }) => {
          // What is no id (0, say) concerns these customers alone, and not all who are asked for.
          const dentistId = dentist === null ? null : idOrNaN(dentist);
          return readIdsColumn(assigned).map((customerId) => ({ customerId, dentistId }));
        }),
      ...(searches.customer === undefined && searches.dentist === undefined
        ? {}
        : {
            findByLogin: async (type: PersonType, login: string) => {
              const [first, second] = await findByLogins(type, [login]);
              if (second !== undefined) throw new Error(`Two ${type}s have the same login`);
              return first === undefined ? null : { type, id: first.id };
            },
            findByLogins,
          }),
      async start() {
        for (const table of [customers, dentists]) {
          try {
            await query(selectNobody(table), []);
          } catch (error) {
            // A database of its own that is away now may be back when somebody asks.
            if (isForGood(error)) throw error;
          }
        }
      },
    };
  };
  const logins = { customer: customers.login, dentist: dentists.login };
  return Object.assign(open, { findsByLogin: personTypes.filter((type) => logins[type] !== undefined) });
}

/** SQLSTATE class 42: no such table or column, or no right to read it (PostgreSQL documentation, appendix A). */
function isForGood(error: unknown): boolean {
  return sqlStateOf(error).startsWith('42');
}

function queryOf(sequelize: Sequelize): DirectoryContext['query'] {
  return async (sql, params) => {
    try {
      return await sequelize.query<Record<string, unknown>>(sql, { bind: [...params], type: QueryTypes.SELECT });
    } catch (error) {
      // Among them is the login that a token names.
      if (error instanceof Error) removeValues(error);
      throw error;
    }
  };
}
