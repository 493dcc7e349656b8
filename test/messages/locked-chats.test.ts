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
  let admin: pg.Client;

  before(async () => {
    host = await startChatHost({ database: { statementTimeoutMs: 1_500 } });
    free = await startChat(host, john);
    locked = [];
    for (const customer of await addCustomers(host, 4)) locked.push(await startChat(host, customer));
  });
  after(() => host.close());

  beforeEach(async () => {
    admin = new pg.Client(host.databaseUrl);
    await admin.connect();
    await admin.query('BEGIN');
    await admin.query('SELECT id FROM chat.chats WHERE id = ANY ($1) FOR UPDATE', [locked]);
  });
  afterEach(() => admin.end());

  type Outcome = Message | ChatErrorCode;
  const send = (chatId: number, content: string): Promise<Outcome> =>
    host.chat.messages
      .send(smith, { chatId, content, clientMessageId: content })
      .catch((error: { code: ChatErrorCode }) => error.code);

  /** One after the other, each in a statement of its own that waits. */
  async function sendToLocked(prefix: string): Promise<Promise<Outcome>[]> {
    const sent: Promise<Outcome>[] = [];
    for (const [index, chatId] of locked.entries()) {
      sent.push(send(chatId, `${prefix}-${chatId}`));
      await until('it waits', async () => {
        const rows = await host.database.query(
          `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return rows.length === index + 1;
      });
    }
    return sent;
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
