import { expect } from 'chai';
import pg from 'pg';
import { runPrepared } from '../../lib/database/prepared-query.js';
import { statement } from '../../lib/database/statement.js';
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
