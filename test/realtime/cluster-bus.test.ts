import { expect } from 'chai';
import pg from 'pg';
import type { Database } from '../../lib/database/database.js';
import { openDatabase } from '../../lib/database/open-database.js';
import { channelOf, createClusterBus, type ClusterBus } from '../../lib/realtime/cluster-bus.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { recordingLogger } from '../support/recording-logger.js';
import { until } from '../support/until.js';

describe('the bus over PostgreSQL', () => {
  let host: ChatHost;
  let database: Database;
  /** Whether a bus may connect again. */
  let mayConnect: boolean;
  const buses: ClusterBus[] = [];

  before(async () => {
    host = await startChatHost();
    const common = { schema: 'chat', poolSize: 2, acquireTimeoutMs: 1_000, statementTimeoutMs: 4_000 };
    database = openDatabase({ ...common, url: host.databaseUrl, sequelize: undefined, ssl: undefined });
  });
  after(async () => {
    await database.close();
    await host.close();
  });
  beforeEach(() => {
    mayConnect = true;
  });
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close();
  });

  async function startBus(): Promise<{ bus: ClusterBus; heard: unknown[] }> {
    const connect = (): Promise<pg.Client> => (mayConnect ? database.connect() : Promise.reject(new Error('away')));
    const bus = createClusterBus({ ...database, connect }, recordingLogger());
    const heard: unknown[] = [];
    bus.listen('message:sent', (message) => heard.push(message));
    await bus.start();
    buses.push(bus);
    return { bus, heard };
  }

  const listeners = () =>
    host.database.query<{ pid: number; channel: string }>(
      `SELECT pid, substring(query FROM 'LISTEN "(.*)"') AS channel FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN %' ORDER BY backend_start DESC`,
    );

  it('does not hear itself, by whichever connection it spoke', async () => {
    const [one, other] = [await startBus(), await startBus()];
    const channel = (await listeners())[0]?.channel ?? '';
    const echo = new pg.Client(host.databaseUrl);
    await echo.connect();
    try {
      const said: string[] = [];
      echo.on('notification', ({ payload = '' }) => said.push(payload));
      await echo.query(`LISTEN "${channel}"`);
      one.bus.publish('message:sent', { n: 1 });
      await until('it is said', async () => said.length === 1);
      // As the same process says its next over another connection, and somebody else behind it.
      const next = said[0]?.replace(/ 1 .*/, ' 2 [["message:sent",{"n":2}]]') ?? '';
      for (const payload of [next, 'somebody 1 [["message:sent",{"n":3}]]']) {
        await echo.query('SELECT pg_notify($1, $2)', [channel, payload]);
      }
      await until('the others have heard it all', async () => other.heard.length === 3);
      await until('it has heard the last', async () => one.heard.length > 0);
      expect(one.heard).to.deep.equal([{ n: 3 }]);
    } finally {
      await echo.end();
    }
  });

  it('says farewell at a close, behind all else', async () => {
    const { bus } = await startBus();
    const ear = new pg.Client(host.databaseUrl);
    await ear.connect();
    try {
      const said: string[] = [];
      ear.on('notification', ({ payload = '' }) => said.push(payload.replace(/^\S+ /, '')));
      await ear.query(`LISTEN "${channelOf('chat')}"`);
      bus.publish('message:sent', { n: 1 });
      await bus.close();
      await until('it is heard', async () => said.length > 0);
      expect(said).to.deep.equal(['1 [["message:sent",{"n":1}],"farewell"]']);
    } finally {
      await ear.end();
    }
  });

  it('says at a close what it could not say, for its own connection is lost', async () => {
    const one = await startBus();
    const [own] = await listeners();
    const other = await startBus();
    mayConnect = false;
    await host.database.query('SELECT pg_terminate_backend($1)', [own?.pid]);
    one.bus.publish('message:sent', { n: 1 });
    await one.bus.close();
    await until('the others have heard it', async () => other.heard.length === 1);
  });
});
