import type { PersonRef } from '../../lib/auth/actor.js';
import type { TestDatabase } from './postgres.js';

/** Somebody in the host's own tables. `login` is how their token names them, and never the id. */
export interface SeededPerson extends PersonRef {
  readonly name: string;
  readonly email: string;
  /** A customer's Cognito `sub`, a dentist's Django `user_id`. */
  readonly login: string;
}

/** Customer 1 and dentist 1 are two people. */
export const people = {
  john: customer(1, 'John Doe', 'john@example.com'),
  mary: customer(2, 'Mary Major', 'mary@example.com'),
  nia: customer(3, 'Nia Okafor', 'nia@example.com'),
  /** Has no assigned dentist. */
  otto: customer(4, 'Otto Lang', 'otto@example.com'),
  /** Nia's dentist. */
  lind: dentist(1, 'Dr. Lind', 'lind@clinic.example'),
  /** John's and Mary's dentist. */
  smith: dentist(5, 'Dr. Smith', 'smith@clinic.example'),
} as const;

const assignments = new Map<SeededPerson, SeededPerson>([
  [people.john, people.smith],
  [people.mary, people.smith],
  [people.nia, people.lind],
]);

/** The tables of a host, as `sqlDirectory` finds its way about them. */
export const hostTables = {
  customers: {
    table: 'customers',
    id: 'id',
    name: 'name',
    email: 'email',
    login: 'cognito_sub',
    dentist: 'dentist_id',
  },
  dentists: { table: 'dentists', id: 'id', name: 'name', email: 'email', login: 'django_user_id' },
} as const;

/** Makes `customers` and `dentists` in the `public` schema and puts {@link people} in. */
export async function makeHostTables(database: Pick<TestDatabase, 'query'>): Promise<void> {
  await database.query(`
    CREATE TABLE dentists (id integer PRIMARY KEY, name text NOT NULL, email text, django_user_id integer UNIQUE);
    CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, email text, cognito_sub text UNIQUE,
                            dentist_id integer REFERENCES dentists)`);
  const all: readonly SeededPerson[] = Object.values(people);
  const dentists = all.filter(({ type }) => type === 'dentist');
  const customers = all
    .filter(({ type }) => type === 'customer')
    .map((person) => ({ ...person, dentistId: assignments.get(person)?.id }));
  await database.query(
    `INSERT INTO dentists SELECT id, name, email, login
     FROM jsonb_to_recordset($1) AS one(id integer, name text, email text, login integer)`,
    [JSON.stringify(dentists)],
  );
  await database.query(
    `INSERT INTO customers SELECT id, name, email, login, "dentistId"
     FROM jsonb_to_recordset($1) AS one(id integer, name text, email text, login text, "dentistId" integer)`,
    [JSON.stringify(customers)],
  );
}

function customer(id: number, name: string, email: string): SeededPerson {
  return { type: 'customer', id, name, email, login: `6b1f0c1e-0000-4000-8000-${String(id).padStart(12, '0')}` };
}

function dentist(id: number, name: string, email: string): SeededPerson {
  return { type: 'dentist', id, name, email, login: String(900 + id) };
}
