import { expect } from 'chai';
import pg from 'pg';
import type { NewMessage } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, smith, lind } = people;

describe('a message that the database takes its time to write', () => {
  let host: ChatHost;
  before(async () => {
    host = await startChatHost();
  });
  after(() => host.close());

  it('is not told to the dentist whom another has followed meanwhile', async () => {
    const chatId = await startChat(host, john);
    const [johns, smiths] = [await host.connect(john), await host.connect(smith)];
    const blocker = new pg.Client(host.databaseUrl);
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM chat.chats WHERE id = $1 FOR UPDATE', [chatId]);
    const sent = host.chat.messages.send(john, { chatId, content: 'To Dr. Smith' });
    await until('it waits', async () => {
      const waiting = await host.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [lind.id, john.id]);
    // From this request on it is known.
    expect((await host.as(smith).get(`/api/chats/${chatId}`)).status).to.equal(404);
    await blocker.query('COMMIT');
    await blocker.end();
    await sent;
    expect(await nextEvent<NewMessage>(johns, 'message:new')).to.include({ content: 'To Dr. Smith' });
    await noEvent(smiths, 'message:new');
  });
});
