import { expect } from 'chai';
import pg from 'pg';
import { openDatabase } from '../../lib/database/open-database.js';
import type { TestDatabase } from '../support/postgres.js';
import { hotStatements, type HotStatement } from './hot-statements.js';
import { planOf } from './plan.js';
import { seedTables } from './seeded-tables.js';

/** Opened for the names of its tables alone: it connects to nothing. */
const names = openDatabase({
  url: 'postgres://nobody@127.0.0.1:1/nowhere',
  sequelize: undefined,
  schema: 'chat',
  poolSize: 1,
  acquireTimeoutMs: 1,
  statementTimeoutMs: 1,
  ssl: undefined,
});
const statements = hotStatements(names);

/** Read from end to end without harm: a row for each process of the service, and for each person who is online. */
const smallTables = ['processes', 'presence'];

describe('the statement that', () => {
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    database = await seedTables();
    client = new pg.Client(database.url);
    await client.connect();
  });

  after(async () => {
    await client.end();
    await database.drop();
    await names.close();
  });

  beforeEach(() => client.query('BEGIN'));
  afterEach(() => client.query('ROLLBACK'));

  for (const hot of statements) {
    it(`${hot.does} uses its indexes and touches no more rows than it must`, async () => {
      expect(await faultsOf(hot)).to.deep.equal([]);
    });
  }

  const indexes = [...new Set(statements.flatMap((hot) => hot.indexes))];
  for (const index of indexes) {
    it(`needs ${index} is noticed without it`, async () => {
      const needing = statements.filter((hot) => hot.indexes.includes(index));
      await dropIndex(index);
      for (const hot of needing) {
        await client.query('SAVEPOINT before');
        expect(await faultsOf(hot), hot.does).to.not.be.empty;
        await client.query('ROLLBACK TO before');
      }
    });
  }

  async function faultsOf({ statement, values, indexes: needed, mostRows }: HotStatement): Promise<string[]> {
    const plan = await planOf(client, statement, values);
    return [
      ...needed.filter((index) => !plan.indexes.has(index)).map((index) => `${index} is not used`),
      ...[...plan.readWhole].filter((table) => !smallTables.includes(table)).map((table) => `${table} is read whole`),
      ...(plan.rowsTouched > mostRows ? [`${plan.rowsTouched} rows are touched, and not ${mostRows}`] : []),
    ];
  }

  /** An index that a constraint is made of goes with the constraint. */
  async function dropIndex(index: string): Promise<void> {
    const { rows } = await client.query<{ table: string }>(
      'SELECT conrelid::regclass::text AS table FROM pg_constraint WHERE conname = $1',
      [index],
    );
    const table = rows[0]?.table;
    if (table === undefined) await client.query(`DROP INDEX chat.${index}`);
    else await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${index} CASCADE`);
  }
});
