import { expect } from 'chai';
import pg from 'pg';
import type { NewMessage } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { makeHostTables, people } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { nextEvent } from '../support/socket-client.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

const { john, smith } = people;

describe('a message whose statement outlives its connection', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: ChatHost;
  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
    proxy = await startProxy(database);
    host = await startChatHost({ database: { url: proxy.url } }, { database });
  });
  after(async () => {
    await host.close();
    await proxy.close();
    await database.drop();
  });

  const statementsLike = (pattern: string, state: string) =>
    database.query(
      `SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'koa-chat-module' AND query LIKE $1 AND (state = $2 OR wait_event_type = $2)`,
      [pattern, state],
    );

  it('is told when it is written at last, though nobody writes to the chat again', async () => {
    const chatId = await startChat(host, john);
    const smiths = await host.connect(smith);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM chat.chats WHERE id = $1 FOR UPDATE', [chatId]);
    try {
      const sent = host.chat.messages
        .send(john, { chatId, content: 'Is anybody there?' })
        .catch((error: unknown) => error);
      await until(
        'it waits',
        async () => (await statementsLike('%last_message_id AS previous_id%', 'Lock')).length > 0,
      );
      proxy.turn('cut');
      expect(await sent).to.have.property('code', 'database_unavailable');
      proxy.turn('up');
      await until(
        'it was looked for',
        async () => (await statementsLike('%last_message_id AS id%', 'idle')).length > 0,
      );
      await blocker.query('COMMIT');
    } finally {
      await blocker.end();
    }
    expect(await nextEvent<NewMessage>(smiths, 'message:new')).to.include({ content: 'Is anybody there?' });
  });
});
