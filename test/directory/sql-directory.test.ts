import { inspect } from 'node:util';
import { expect } from 'chai';
import pg from 'pg';
import { Sequelize } from 'sequelize';
import type { Directory, DirectoryContext, Person } from '../../lib/directory/directory.js';
import { sqlDirectory, type SqlDirectoryOptions } from '../../lib/directory/sql-directory.js';
import { faultsOf } from '../auth/faults.js';
import { hostTables, makeHostTables, people } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { failureOf } from '../auth/refusal.js';

describe('The directory in SQL', () => {
  let database: TestDatabase;
  const statements: string[] = [];

  const context: DirectoryContext = {
    query: (sql, params) => {
      statements.push(sql);
      return database.query(sql, params);
    },
  };

  function open(options: SqlDirectoryOptions): Required<Directory> {
    const source = sqlDirectory(options);
    if (typeof source !== 'function') throw new Error('It needs no database');
    return source(context) as Required<Directory>;
  }
  const byRef = (found: readonly Person[]): readonly Person[] =>
    [...found].sort((a, b) => a.type.localeCompare(b.type) || a.id - b.id);

  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
  });

  after(() => database.drop());

  beforeEach(() => void statements.splice(0));

  describe('over the tables of a host', () => {
    it('finds customers and dentists in one statement, and leaves out who does not exist', async () => {
      const refs = [people.john, people.mary, people.smith, people.lind, { type: 'customer', id: 99 } as const];
      const expected = [people.john, people.mary, people.lind, people.smith].map(({ type, id, name, email }) => ({
        type,
        id,
        name,
        email,
      }));
      expect(byRef(await open(hostTables).findPeople(refs))).to.deep.equal(expected);
      expect(statements).to.have.length(1);
    });

    it('finds nobody, instead of failing, for an id beyond the type of the column', async () => {
      const id = Number.MAX_SAFE_INTEGER;
      expect(await open(hostTables).findPeople([{ type: 'customer', id }, people.smith])).to.have.length(1);
      expect(await open(hostTables).findAssignedDentist(id)).to.equal(null);
    });

    it('finds a thousand people at once', async () => {
      const refs = Array.from({ length: 1_000 }, (_, i) => ({ type: 'customer', id: i + 1 }) as const);
      expect(await open(hostTables).findPeople(refs)).to.have.length(4);
    });

    it('starts while its database is away: it may be back when somebody asks', async () => {
      const query = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
      await open({ ...hostTables, query }).start();
      await open(hostTables).start();
    });

    it('tells the assigned dentist, or null for none or for nobody', async () => {
      const directory = open(hostTables);
      expect(await directory.findAssignedDentist(people.john.id)).to.equal(people.smith.id);
      expect(await directory.findAssignedDentist(people.otto.id)).to.equal(null);
      expect(await directory.findAssignedDentist(99)).to.equal(null);
    });

    it('tells the dentists of many customers, leaving out who does not exist', async () => {
      const { john, mary, otto, smith } = people;
      expect(await open(hostTables).findAssignments?.([otto.id, 99, john.id, mary.id])).to.have.deep.members([
        { customerId: john.id, dentistId: smith.id },
        { customerId: mary.id, dentistId: smith.id },
        { customerId: otto.id, dentistId: null },
      ]);
      expect(await open(hostTables).findAssignments?.([99])).to.deep.equal([]);
    });

    it('finds a customer by a login of text and a dentist by one of integers', async () => {
      const directory = open(hostTables);
      expect(await directory.findByLogin('customer', people.mary.login)).to.deep.equal({
        type: 'customer',
        id: people.mary.id,
      });
      expect(await directory.findByLogin('dentist', people.smith.login)).to.deep.equal({
        type: 'dentist',
        id: people.smith.id,
      });
    });

    it('finds whose many logins are in one statement', async () => {
      const directory = open(hostTables);
      const logins = [people.mary.login, 'nobody', people.john.login];
      const found = await directory.findByLogins('customer', logins);
      expect(found).to.have.deep.members([people.mary, people.john].map(({ login, id }) => ({ login, id })));
      expect(statements.filter((sql) => !sql.includes('pg_attribute'))).to.have.length(1);
    });

    it('looks at the type of a login column once', async () => {
      const directory = open(hostTables);
      for (const login of ['a', 'b', 'c']) await directory.findByLogin('customer', login);
      expect(statements.filter((sql) => sql.includes('pg_attribute'))).to.have.length(1);
    });
  });

  describe('compares logins exactly as text', () => {
    const uuid = '6b1f0c1e-0000-4000-8000-00000000abcd';
    const columns: readonly [type: string, stored: string, others: readonly string[]][] = [
      ['text', 'Ab', ['ab', 'AB', ' Ab', 'Ab ', '', 'Ab\0', '\ud800', `' OR true --`]],
      ['varchar(40)', 'Ab', ['ab', 'Ab ', 'A_', '%']],
      ['char(4)', 'Ab', ['ab', 'Ab  ']],
      ['smallint', '7', ['07', '+7', '7.0', '7 ', '7e0', 'x', '', '65543', '9'.repeat(30)]],
      ['integer', '7', ['07', ' 7', '0x7', 'x', '4294967303', '9'.repeat(18), '9'.repeat(30)]],
      ['bigint', '9007199254740993', ['9007199254740992', '09007199254740993', 'x']],
      ['bigint', '1310112233445566778', ['1310112233445566779', '9223372036854775808', '-9223372036854775809', '-0']],
      ['bigint', '9223372036854775807', ['-9223372036854775808', '92233720368547758070']],
      ['numeric(20)', '18446744073709551615', ['18446744073709551614', '1.8446744073709551615e19']],
      ['uuid', uuid, [uuid.toUpperCase(), uuid.replaceAll('-', ''), `{${uuid}}`, 'x']],
      ['login_domain', 'Ab', ['ab', 'x']],
    ];

    before(() => database.query('CREATE DOMAIN login_domain AS text CHECK (length(VALUE) < 40)'));

    columns.forEach(([type, stored, others], index) => {
      it(`in a column of ${type}`, async () => {
        const table = `logins_${index}`;
        await database.query(`CREATE TABLE ${table} (id bigint PRIMARY KEY, name text, login ${type} UNIQUE)`);
        await database.query(`INSERT INTO ${table} VALUES (1, 'x', $1), (2, 'y', NULL)`, [stored]);
        const directory = open({
          customers: { ...hostTables.customers },
          dentists: { table, email: null, login: 'login' },
        });
        expect(await directory.findByLogin('dentist', stored)).to.deep.equal({ type: 'dentist', id: 1 });
        for (const other of others)
          expect(await directory.findByLogin('dentist', other), JSON.stringify(other)).to.equal(null);
      });
    });
  });

  describe('uses the indexes of the host', () => {
    before(async () => {
      await database.query(`
        CREATE TABLE many (id integer PRIMARY KEY, name text, email text, dentist_id integer,
                           as_text varchar(40) UNIQUE, as_integer integer UNIQUE, as_uuid uuid UNIQUE)`);
      await database.query(`
        INSERT INTO many SELECT n, 'Somebody', NULL, 1, 'login ' || n, n, md5(n::text)::uuid FROM generate_series(1, 20000) n`);
      await database.query('ANALYZE many');
    });

    /** The plans of what the directory asks, on a table that no sane planner reads from end to end for one row. */
    async function plansOf(login: string, ask: (directory: Required<Directory>) => Promise<unknown>): Promise<string> {
      const plans: string[] = [];
      const query: DirectoryContext['query'] = async (sql, params) => {
        const rows = await database.query<Record<string, unknown>>(`EXPLAIN ${sql}`, params);
        if (!sql.includes('pg_attribute')) plans.push(...rows.map((row) => String(row['QUERY PLAN'])));
        return database.query(sql, params);
      };
      await ask(open({ customers: { table: 'many', login }, dentists: { table: 'many', login }, query }));
      return plans.join('\n');
    }

    it('for ids', async () => {
      const refs = Array.from({ length: 50 }, (_, i) => ({ type: 'customer', id: i + 1 }) as const);
      const plan = await plansOf('as_text', (directory) => directory.findPeople(refs));
      expect(plan)
        .to.match(/Index Scan.*many_pkey/)
        .and.not.match(/Seq Scan/);
    });

    it('for assigned dentists', async () => {
      expect(await plansOf('as_text', (directory) => directory.findAssignedDentist(7))).to.match(
        /Index Scan.*many_pkey/,
      );
    });

    const logins: Record<string, string> = {
      as_text: 'login 7',
      as_integer: '7',
      as_uuid: '8f14e45f-ceea-167a-5a36-dedd4bea2543',
    };
    for (const [column, login] of Object.entries(logins)) {
      it(`for logins in ${column}`, async () => {
        const plan = await plansOf(column, async (directory) => {
          expect(await directory.findByLogin('customer', login)).to.deep.equal({ type: 'customer', id: 7 });
        });
        expect(plan).to.match(new RegExp(`Index Scan.*many_${column}_key`));
      });
    }
  });

  describe('over tables with names of every kind', () => {
    const odd = {
      schema: 'o"dd; DROP TABLE customers; --',
      table: 'Le"ute',
      id: 'I"d',
      name: ['first"name', 'last name'],
      email: 'E-Mail $1 ?',
      login: `lo'gin`,
      dentist: 'dentist:id',
    };
    const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

    before(async () => {
      const [first = '', last = ''] = odd.name;
      await database.query(`CREATE SCHEMA ${quote(odd.schema)}`);
      await database.query(`CREATE TABLE ${quote(odd.schema)}.${quote(odd.table)} (${quote(odd.id)} bigint PRIMARY KEY,
        ${quote(first)} text, ${quote(last)} varchar(40), ${quote(odd.email)} text, ${quote(odd.login)} text, ${quote(odd.dentist)} bigint)`);
      await database.query(
        `INSERT INTO ${quote(odd.schema)}.${quote(odd.table)} VALUES (1, 'Ada', 'Lace', 'ada@example.com', 'ada', 5), (2, NULL, 'Solo', NULL, NULL, NULL), (3, NULL, NULL, '', '', 5)`,
      );
    });

    it('quotes them all, joins a name of several columns and knows a person without one', async () => {
      const { dentist: _, ...dentists } = odd;
      const directory = open({ customers: odd, dentists });
      const refs = [1, 2, 3].map((id) => ({ type: 'customer', id }) as const);
      expect(byRef(await directory.findPeople(refs))).to.deep.equal([
        { type: 'customer', id: 1, name: 'Ada Lace', email: 'ada@example.com' },
        { type: 'customer', id: 2, name: 'Solo', email: null },
        { type: 'customer', id: 3, name: '', email: '' },
      ]);
      expect(await directory.findAssignedDentist(1)).to.equal(5);
      expect(await directory.findByLogin('dentist', 'ada')).to.deep.equal({ type: 'dentist', id: 1 });
      expect(await database.query('SELECT count(*)::int AS n FROM customers')).to.deep.equal([{ n: 4 }]);
    });
  });

  describe('reads what it is told to', () => {
    it('a view', async () => {
      await database.query(`CREATE VIEW staff AS SELECT id, upper(name) AS name, django_user_id FROM dentists`);
      const directory = open({
        customers: hostTables.customers,
        dentists: { table: 'staff', email: null, login: 'django_user_id' },
      });
      const [smith] = await directory.findPeople([people.smith]);
      expect(smith).to.include({ name: 'DR. SMITH', email: null });
      expect(await directory.findByLogin('dentist', people.smith.login)).to.deep.include({ id: people.smith.id });
    });

    it('another database, through a Sequelize of the host', async () => {
      const sequelize = new Sequelize(database.url, { dialect: 'postgres', dialectModule: pg, logging: false });
      try {
        const directory = open({ ...hostTables, sequelize });
        const everybody = Object.values(people);
        expect(await directory.findPeople(everybody)).to.have.length(everybody.length);
        expect(await directory.findAssignedDentist(people.nia.id)).to.equal(people.lind.id);
        expect(await directory.findByLogin('dentist', people.lind.login)).to.deep.include({ id: people.lind.id });
        expect(statements).to.deep.equal([]);
      } finally {
        await sequelize.close();
      }
    });

    it('another database, and repeats no login where that fails', async () => {
      const sequelize = new Sequelize(database.url, { dialect: 'postgres', dialectModule: pg, logging: false });
      try {
        const directory = open({ ...hostTables, sequelize });
        await directory.findByLogin('customer', people.john.login);
        await database.query('ALTER TABLE customers RENAME TO hidden');
        const failure: unknown = await directory
          .findByLogin('customer', people.john.login)
          .catch((thrown: unknown) => thrown);
        expect(failure).to.be.an('error').with.property('message').that.includes('customers');
        expect(inspect(failure, { depth: null, showHidden: true })).to.not.include(people.john.login);
      } finally {
        await database.query('ALTER TABLE IF EXISTS hidden RENAME TO customers');
        await sequelize.close();
      }
    });

    it('nobody by login where no login column is named', async () => {
      const { login: _, ...customers } = hostTables.customers;
      const { login: __, ...dentists } = hostTables.dentists;
      expect(open({ customers, dentists }).findByLogin).to.equal(undefined);
      const half = open({ customers: hostTables.customers, dentists });
      expect(await failureOf(half.findByLogin('dentist', 'x'))).to.match(/sqlDirectory\.dentists\.login is not set/);
    });
  });

  describe('says what is wrong', () => {
    it('with a login that two people have', async () => {
      await database.query('CREATE TABLE twins (id integer, name text, login text)');
      await database.query(`INSERT INTO twins VALUES (1, 'a', 'same'), (2, 'b', 'same')`);
      const directory = open({
        customers: hostTables.customers,
        dentists: { table: 'twins', email: null, login: 'login' },
      });
      expect(await failureOf(directory.findByLogin('dentist', 'same'))).to.equal('Two dentists have the same login');
    });

    it('with an id that cannot be one, and repeats it nowhere', async () => {
      await database.query('CREATE TABLE huge (id bigint, name text, dentist_id bigint)');
      await database.query('INSERT INTO huge VALUES (1, NULL, 9007199254740993), (2, NULL, -1)');
      const directory = open({ customers: { table: 'huge', email: null }, dentists: hostTables.dentists });
      for (const id of [1, 2])
        expect(await failureOf(directory.findAssignedDentist(id))).to.match(/no positive whole number/);
    });

    it('with a login column that is not there, and finds it once it is', async () => {
      await database.query('CREATE TABLE late (id integer, name text)');
      const directory = open({
        customers: hostTables.customers,
        dentists: { table: 'late', email: null, login: 'login' },
      });
      expect(await failureOf(directory.findByLogin('dentist', 'x'))).to.equal('There is no column "login" in "late"');
      await database.query('ALTER TABLE late ADD login text');
      expect(await directory.findByLogin('dentist', 'x')).to.equal(null);
    });

    const faults: readonly [options: Record<string, unknown>, fault: RegExp][] = [
      [{}, /^sqlDirectory\.customers: must be an object$/],
      [{ customers: {} }, /^sqlDirectory\.customers\.table: must be a name$/],
      [{ customers: { table: '' } }, /^sqlDirectory\.customers\.table: must have 1 to 63 bytes$/],
      [{ customers: { table: 'x'.repeat(64) } }, /^sqlDirectory\.customers\.table: must have 1 to 63 bytes$/],
      [{ customers: { table: 'a\0b' } }, /^sqlDirectory\.customers\.table: must have 1 to 63 bytes$/],
      [{ customers: { table: 'x', name: [] } }, /^sqlDirectory\.customers\.name: /],
      [{ customers: { table: 'x', mail: 'x' } }, /^sqlDirectory\.customers\.mail: no such option$/],
      [
        { customers: { table: 'x' }, dentists: { table: 'x', dentist: 'x' } },
        /^sqlDirectory\.dentists\.dentist: no such option$/,
      ],
      [{ ...hostTables, sequelize: {} }, /^sqlDirectory\.sequelize: must be a Sequelize instance$/],
      [{ ...hostTables, query: 'SELECT 1' }, /^sqlDirectory\.query: must be a function$/],
    ];
    for (const [options, fault] of faults) {
      it(`with ${JSON.stringify(options).slice(0, 80)}`, () => {
        expect(faultsOf(() => sqlDirectory(options as unknown as SqlDirectoryOptions))[0]).to.match(fault);
      });
    }

    it('with a Sequelize of another dialect, or beside a query', () => {
      const sequelize = { query: () => undefined, getDialect: () => 'mysql' } as unknown as Sequelize;
      expect(faultsOf(() => sqlDirectory({ ...hostTables, sequelize }))).to.deep.equal([
        'sqlDirectory.sequelize: must be of the postgres dialect',
      ]);
      const postgres = { query: () => undefined, getDialect: () => 'postgres' } as unknown as Sequelize;
      expect(faultsOf(() => sqlDirectory({ ...hostTables, sequelize: postgres, query: context.query }))).to.deep.equal([
        'sqlDirectory: give either sequelize or query, not both',
      ]);
    });
  });
});
