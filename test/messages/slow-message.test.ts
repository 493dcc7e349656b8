import { expect } from 'chai';
import pg from 'pg';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { until } from '../support/until.js';

const { john, mary, smith } = people;

describe('a message that the database is slow to write', () => {
  let here: ChatHost;
  /** Another process of the same service. */
  let there: ChatHost;
  let chatId: number;
  let otherChat: number;
  let holder: pg.Client;

  before(async () => {
    here = await startChatHost();
    there = await startChatHost({}, { database: here.database, tokens: here.tokens });
    chatId = await startChat(here, john);
    otherChat = await startChat(here, mary);
    // A message "slow" has its id, and is held up before it is in the table for as long as the test likes.
    await here.database.query(`
      CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.content = 'slow' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF; RETURN NEW; END $$`);
    await here.database.query(
      'CREATE TRIGGER hold_up BEFORE INSERT ON chat.messages FOR EACH ROW EXECUTE FUNCTION hold_up()',
    );
    holder = new pg.Client(here.database.url);
    await holder.connect();
  });

  after(async () => {
    await holder.end();
    await there.close();
    await here.close();
  });

  beforeEach(() => holder.query('SELECT pg_advisory_lock(1)'));

  afterEach(() => holder.query('SELECT pg_advisory_unlock_all()'));

  const release = () => holder.query('SELECT pg_advisory_unlock_all()');
  const sendSlow = (host: ChatHost) => host.chat.messages.send(john, { chatId, content: 'slow' });

  async function untilWaiting(count: number): Promise<void> {
    await until(`${count} statements wait`, async () => {
      const [row] = await here.database.query<{ waiting: number }>(
        `SELECT count(DISTINCT pid)::int AS waiting FROM pg_locks
          WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
      );
      return row?.waiting === count;
    });
  }

  /** What a reader is given who goes on from there. */
  async function idsAfter(after: number): Promise<number[]> {
    const { messages } = await there.chat.messages.list(smith, { chatId, after });
    return messages.map(({ id }) => id);
  }

  for (const [title, beside] of [
    ['alone', 0],
    ['together with others', 2],
  ] as const) {
    it(`appears behind no id that a reader has been given, written ${title}`, async () => {
      const [first] = await say(here, smith, chatId, 'first');
      const start = first?.id ?? 0;
      const slow = [sendSlow(here), ...Array.from({ length: beside }, () => sendSlow(here))];
      await untilWaiting(1);
      const fast = there.chat.messages.send(smith, { chatId, content: 'fast' });
      await Promise.race([fast, untilWaiting(2)]);
      const early = await idsAfter(start);
      await release();
      const sent = await Promise.all([...slow, fast]);
      const late = await idsAfter(early.at(-1) ?? start);
      expect([...early, ...late]).to.deep.equal(sent.map(({ id }) => id).toSorted((a, b) => a - b));
    });
  }

  it('keeps those of other chats waiting in no way, however many wait in its own', async () => {
    const slow = sendSlow(here);
    await untilWaiting(1);
    const behind = [1, 2, 3].map((n) => here.chat.messages.send(smith, { chatId, content: `behind ${n}` }));
    const [elsewhere] = await say(here, mary, otherChat, 'elsewhere');
    expect(elsewhere).to.include({ content: 'elsewhere' });
    await release();
    const ids = (await Promise.all([slow, ...behind])).map(({ id }) => id);
    expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
  });
});
