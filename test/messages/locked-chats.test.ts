import { expect } from 'chai';
import pg from 'pg';
import type { ChatErrorCode, Message } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';
import { until } from '../support/until.js';

const { john, smith } = people;

describe('sends while somebody else has locked chats', () => {
  let host: ChatHost;
  let free: number;
  let locked: number[];
  /** Two more, locked by themselves. */
  let further: number[];
  let admin: pg.Client;
  let another: pg.Client;

  before(async () => {
    host = await startChatHost({ database: { statementTimeoutMs: 1_500 } });
    free = await startChat(host, john);
    [locked, further] = [[], []];
    for (const customer of await addCustomers(host, 4)) locked.push(await startChat(host, customer));
    for (const customer of await addCustomers(host, 2)) further.push(await startChat(host, customer));
  });
  after(() => host.close());

  beforeEach(async () => {
    admin = await lock(locked);
    another = await lock(further);
  });
  afterEach(() => Promise.all([admin.end(), another.end()]));

  async function lock(chatIds: readonly number[]): Promise<pg.Client> {
    const client = new pg.Client(host.databaseUrl);
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT id FROM chat.chats WHERE id = ANY ($1) FOR UPDATE', [chatIds]);
    return client;
  }

  type Outcome = Message | ChatErrorCode;
  const send = (chatId: number, content: string): Promise<Outcome> =>
    host.chat.messages
      .send(smith, { chatId, content, clientMessageId: content })
      .catch((error: { code: ChatErrorCode }) => error.code);

  /** One after the other, each in a statement of its own that waits. */
  async function sendToLocked(prefix: string, chatIds: readonly number[] = locked): Promise<Promise<Outcome>[]> {
    const sent: Promise<Outcome>[] = [];
    for (const [index, chatId] of chatIds.entries()) {
      sent.push(send(chatId, `${prefix}-${chatId}`));
      await untilWaiting(index + 1, 0);
    }
    return sent;
  }

  async function untilWaiting(statements: number, forMs: number): Promise<void> {
    await until(`${statements} wait for ${forMs} ms`, async () => {
      const rows = await host.database.query(
        `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
            AND query_start <= clock_timestamp() - $1 * interval '1 ms'`,
        [forMs],
      );
      return rows.length === statements;
    });
  }

  it('wait for no lock on a chat that is none of theirs', async () => {
    const waiting = await sendToLocked('waits');
    const since = performance.now();
    expect(await send(free, 'goes')).to.have.property('content', 'goes');
    expect(performance.now() - since).to.be.below(500);
    // In order behind those that wait.
    const behind = locked.map((chatId) => send(chatId, `behind-${chatId}`));
    await admin.query('ROLLBACK');
    for (const outcomes of [await Promise.all(waiting), await Promise.all(behind)]) {
      for (const outcome of outcomes) expect(outcome).to.have.property('content');
    }
    for (const chatId of locked) {
      const { messages } = await host.chat.messages.list(smith, { chatId });
      expect(messages.map(({ content }) => content)).to.deep.equal([`waits-${chatId}`, `behind-${chatId}`]);
    }
  });

  it('go on as soon as one of them does where more are locked than may give up their places', async () => {
    const waiting = await sendToLocked('many', [...further, ...locked]);
    const behind = send(free, 'goes-behind');
    // The last two would have given up their places long ago, had those before them not been as many as may.
    await untilWaiting(6, 200);
    await another.query('ROLLBACK');
    expect(await behind).to.have.property('content', 'goes-behind');
    await admin.query('ROLLBACK');
    for (const outcome of await Promise.all(waiting)) expect(outcome).to.have.property('content');
  });

  it('are refused as before where the lock stays, and are there once when they are sent again', async () => {
    const waiting = await sendToLocked('refused');
    expect(await Promise.all(waiting)).to.deep.equal(locked.map(() => 'database_unavailable'));
    await admin.query('ROLLBACK');
    for (const chatId of locked) {
      expect(await send(chatId, `refused-${chatId}`)).to.have.property('content');
      const { messages } = await host.chat.messages.list(smith, { chatId });
      expect(messages.filter(({ content }) => content.startsWith('refused'))).to.have.lengthOf(1);
    }
  });
});
