import { expect } from 'chai';
import type { Database } from '../../lib/database/database.js';
import { healthRoute } from '../../lib/doors/health-route.js';
import { createInFlight } from '../../lib/in-flight.js';
import type { RouteResponse } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { isoUtc } from '../support/expectations.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';
import { makeHostTables } from '../support/host-tables.js';
import { startProxy } from '../support/tcp-proxy.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

describe('a health check', () => {
  it('asks the database once for all who ask meanwhile', async () => {
    let asked = 0;
    let answer = (): void => undefined;
    const query = (): Promise<never[]> => {
      asked += 1;
      return new Promise((resolve) => (answer = () => resolve([])));
    };
    const { handle } = healthRoute({ query } as unknown as Database, createInFlight(), '/health');
    const check = (): Promise<RouteResponse> => Promise.resolve(handle({} as never));
    const many = Array.from({ length: 100 }, check);
    expect(asked).to.equal(1);
    answer();
    for (const { body } of await Promise.all(many)) expect(body).to.include({ status: 'ok' });
    const later = check();
    expect(asked).to.equal(2);
    answer();
    expect((await later).body).to.include({ status: 'ok' });
  });
});

describe('GET /health', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: ChatHost;

  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
    proxy = await startProxy(database);
    const limits = { acquireTimeoutMs: 500, statementTimeoutMs: 500 };
    host = await startChatHost({ database: { url: proxy.url, ...limits } }, { database });
  });

  after(async () => {
    await host.close();
    await proxy.close();
    await database.drop();
  });

  afterEach(() => proxy.turn('up'));

  it('answers 200 in just the shape of the document, to anybody', async () => {
    for (const caller of [null, { token: 'nonsense' }]) {
      const { status, body, headers } = await host.as(caller).get<{ timestamp: string }>('/health');
      expect(status).to.equal(200);
      expect(headers.get('content-type')).to.match(/^application\/json/);
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(body.timestamp).to.match(isoUtc);
      expect(Math.abs(Date.parse(body.timestamp) - Date.now())).to.be.below(60_000);
      expect(body).to.deep.equal({ status: 'ok', timestamp: body.timestamp });
    }
  });

  for (const mood of ['cut', 'hanging'] as const) {
    it(`answers 503 while the database is ${mood}, and 200 once it is back`, async () => {
      proxy.turn(mood);
      const { status, body } = await host.as(null).get<{ timestamp: string }>('/health');
      expect(body.timestamp).to.match(isoUtc);
      expect({ status, body }).to.deep.equal({
        status: 503,
        body: { status: 'unavailable', timestamp: body.timestamp },
      });
      proxy.turn('up');
      await until('it is back', async () => (await host.as(null).get('/health')).status === 200);
    });
  }
});
