import { expect } from 'chai';
import pg from 'pg';
import olderPg from 'pg-8.11';
import { runPrepared } from '../../lib/database/prepared-query.js';
import { statement } from '../../lib/database/statement.js';
import { countTurns } from '../support/count-turns.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

const timeoutMs = 5_000;

describe('A prepared statement', () => {
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    database = await createTestDatabase();
  });

  after(() => database.drop());

  beforeEach(async () => {
    client = new pg.Client(database.url);
    client.on('error', () => undefined);
    await client.connect();
  });

  afterEach(() => client.end());

  const echo = statement<{ a: unknown; b: unknown }>('SELECT $1::bigint AS a, $2::timestamptz AS b');

  it('gives the same again once its columns are known', async () => {
    const values = [9_007_199_254_740_991, '2026-02-13T10:30:00.120Z'];
    const expected = [{ a: 9_007_199_254_740_991, b: '2026-02-13T10:30:00.120Z' }];
    expect(await runPrepared(client, echo, values, timeoutMs)).to.deep.equal(expected);
    expect(await runPrepared(client, echo, values, timeoutMs)).to.deep.equal(expected);
  });

  it('tells nulls from empty texts', async () => {
    const texts = statement('SELECT $1::text AS empty, $2::text AS missing, $3::bytea AS bytes');
    const [row] = await runPrepared(client, texts, ['', null, Buffer.from([0, 255])], timeoutMs);
    expect(row).to.deep.equal({ empty: '', missing: null, bytes: Buffer.from([0, 255]) });
  });

  it('takes lists, with nulls, quotes and bytes in them', async () => {
    const lists = statement('SELECT $1::text[] AS texts, $2::bigint[] AS ids, $3::bytea[] AS bytes');
    const texts = ['"', '\\', '{}', 'NULL', '', null];
    const [row] = await runPrepared(client, lists, [texts, [1, null], [Buffer.from('a'), null]], timeoutMs);
    expect(row).to.deep.equal({ texts, ids: [1, null], bytes: [Buffer.from('a'), null] });
  });

  it('takes long lists of ids as any other', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => index - 1);
    const same = statement<{ ids: number[] }>('SELECT $1::bigint[] AS ids');
    for (const some of [ids, [9_007_199_254_740_991], []]) {
      expect(await runPrepared(client, same, [some], timeoutMs)).to.deep.equal([{ ids: some }]);
    }
    const odd = statement('SELECT $1::float8[] AS numbers, $2::text[] AS texts');
    const [row] = await runPrepared(
      client,
      odd,
      [
        [1.5, null],
        [1, 2],
      ],
      timeoutMs,
    );
    expect(row).to.deep.equal({ numbers: [1.5, null], texts: ['1', '2'] });
  });

  it('has milliseconds in all its times, whatever PostgreSQL leaves out', async () => {
    const fractions = ['', '.1', '.12', '.123', '.1234', '.12345', '.123456'];
    const times = statement<{ at: string }>('SELECT unnest($1::text[])::timestamptz AS at');
    const texts = fractions.map((fraction) => `2026-02-13 10:30:59${fraction}+00`);
    expect((await runPrepared(client, times, [texts], timeoutMs)).map(({ at }) => at)).to.deep.equal(
      ['000', '100', '120', '123', '123', '123', '123'].map((fraction) => `2026-02-13T10:30:59.${fraction}Z`),
    );
  });

  it('may find no rows, or have none to give', async () => {
    const none = statement('SELECT 1 AS one WHERE false');
    expect(await runPrepared(client, none, [], timeoutMs)).to.deep.equal([]);
    const set = statement(`SET application_name TO 'somebody'`);
    for (const _ of [1, 2]) expect(await runPrepared(client, set, [], timeoutMs)).to.deep.equal([]);
  });

  it('may wait for others on its connection', async () => {
    const asked = [1, 2, 3, 4, 5].map((a) => runPrepared(client, echo, [a, null], timeoutMs));
    const plain = client.query<{ one: number }>('SELECT 1 AS one');
    expect((await Promise.all(asked)).map(([row]) => row?.a)).to.deep.equal([1, 2, 3, 4, 5]);
    expect((await plain).rows).to.deep.equal([{ one: 1 }]);
  });

  it('has columns of its own on each connection, whose tables may be others', async () => {
    const other = new pg.Client(database.url);
    await other.connect();
    await client.query('CREATE TEMP TABLE things (a bigint)');
    await other.query('CREATE TEMP TABLE things (b text, a text)');
    await client.query('INSERT INTO things VALUES (1)');
    await other.query(`INSERT INTO things VALUES ('x', '1')`);
    const all = statement('SELECT * FROM things');
    for (const _ of [1, 2]) {
      expect(await runPrepared(client, all, [], timeoutMs)).to.deep.equal([{ a: 1 }]);
      expect(await runPrepared(other, all, [], timeoutMs)).to.deep.equal([{ b: 'x', a: '1' }]);
    }
    await other.end();
  });

  it('is read as text where a client asks for all in binary', async () => {
    const binary = new pg.Client({ connectionString: database.url, binary: true } as pg.ClientConfig);
    await binary.connect();
    expect(await runPrepared(binary, echo, [7, null], timeoutMs)).to.deep.equal([{ a: 7, b: null }]);
    await binary.end();
  });

  describe('in steps', () => {
    const count = statement<{ number: number }>('SELECT generate_series(1, $1::int) AS number', { rowsAtOnce: 100 });
    const numbers = (most: number) => Array.from({ length: most }, (_, index) => ({ number: index + 1 }));

    for (const most of [0, 1, 99, 100, 101, 200, 1_234]) {
      it(`gives all of ${most} rows`, async () => {
        for (const _ of [1, 2])
          expect(await runPrepared(client, count, [most], timeoutMs)).to.deep.equal(numbers(most));
      });
    }

    it('is so on an older pg, too', async () => {
      const older = new olderPg.Client(database.url);
      await older.connect();
      expect(await runPrepared(older, count, [1_234], timeoutMs)).to.deep.equal(numbers(1_234));
      expect(await runPrepared(older, count, [2], timeoutMs)).to.deep.equal(numbers(2));
      await older.end();
    });

    it('lets others have their turn between two steps', async () => {
      const turns = countTurns();
      await runPrepared(client, count, [2_000], timeoutMs);
      expect(turns.stop()).to.be.at.least(20);
    });

    it('is one: whoever comes meanwhile waits', async () => {
      const [first, second, plain] = await Promise.all([
        runPrepared(client, count, [250], timeoutMs),
        runPrepared(client, count, [150], timeoutMs),
        client.query<{ one: number }>('SELECT 1 AS one'),
      ]);
      expect(first).to.deep.equal(numbers(250));
      expect(second).to.deep.equal(numbers(150));
      expect(plain.rows).to.deep.equal([{ one: 1 }]);
    });

    for (const [what, text, values, code] of [
      ['at its first row', 'SELECT 1 / (number - 1) FROM generate_series(1, $1::int) number', [500], '22012'],
      ['further on', 'SELECT 1 / (number - 300) FROM generate_series(1, $1::int) number', [500], '22012'],
      ['before it is run', 'SELECT nothing_of_the_kind($1::int)', [1], '42883'],
    ] as const) {
      it(`rejects where it fails ${what}, once, and leaves the connection usable`, async () => {
        const failing = statement(text, { rowsAtOnce: 100 });
        for (const _ of [1, 2]) {
          const failure = errorOf(runPrepared(client, failing, values, timeoutMs));
          const behind = runPrepared(client, count, [300], timeoutMs);
          expect(await failure).to.have.property('code', code);
          expect(await behind).to.deep.equal(numbers(300));
        }
      });
    }

    it('rejects where a row cannot be read, and reads no further', async () => {
      const odd = statement(
        `SELECT CASE WHEN number = 50 THEN 'infinity' ELSE now() END AS at FROM generate_series(1, 5000) number`,
        { rowsAtOnce: 100 },
      );
      expect(await errorOf(runPrepared(client, odd, [], timeoutMs))).to.be.instanceOf(RangeError);
      expect(await runPrepared(client, count, [3], timeoutMs)).to.deep.equal(numbers(3));
    });

    it('rejects where a value is none that can be sent', async () => {
      const circular: { toPostgres?: () => unknown } = {};
      circular.toPostgres = () => circular;
      expect(await errorOf(runPrepared(client, count, [circular], timeoutMs))).to.be.an('error');
      expect(await runPrepared(client, count, [3], timeoutMs)).to.deep.equal(numbers(3));
    });

    it('rejects where no answer comes in time', async () => {
      const slow = statement('SELECT pg_sleep(number) FROM generate_series(0, 3) number', { rowsAtOnce: 1 });
      expect(await errorOf(runPrepared(client, slow, [], 50))).to.have.property('message', 'Query read timeout');
    });
  });

  describe('that fails', () => {
    const expectWorking = async (): Promise<void> => {
      expect(await runPrepared(client, echo, [1, null], timeoutMs)).to.deep.equal([{ a: 1, b: null }]);
    };

    it('rejects with what the server says, and leaves the connection usable', async () => {
      const divide = statement<{ result: number }>('SELECT 1 / $1::int AS result');
      expect(await errorOf(runPrepared(client, divide, [0], timeoutMs))).to.have.property('code', '22012');
      expect(await runPrepared(client, divide, [1], timeoutMs)).to.deep.equal([{ result: 1 }]);
      await expectWorking();
    });

    it('rejects where it cannot be prepared, each time', async () => {
      const wrong = statement('SELECT nothing_of_the_kind()');
      for (const _ of [1, 2]) {
        expect(await errorOf(runPrepared(client, wrong, [], timeoutMs))).to.have.property('code', '42883');
      }
      await expectWorking();
    });

    it('rejects where a value is none that can be sent', async () => {
      const circular: { toPostgres?: () => unknown } = {};
      circular.toPostgres = () => circular;
      expect(await errorOf(runPrepared(client, echo, [circular, null], timeoutMs))).to.be.an('error');
      await expectWorking();
    });

    it('rejects where no answer comes in time', async () => {
      const slow = statement('SELECT pg_sleep(3)');
      expect(await errorOf(runPrepared(client, slow, [], 50))).to.have.property('message', 'Query read timeout');
    });

    it('rejects where the connection goes', async () => {
      const last = statement('SELECT pg_terminate_backend(pg_backend_pid())');
      expect(await errorOf(runPrepared(client, last, [], timeoutMs))).to.have.property('code', '57P01');
    });
  });
});

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
