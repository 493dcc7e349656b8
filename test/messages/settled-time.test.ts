import { expect } from 'chai';
import pg from 'pg';
import { diskImageStore } from '../../lib/index.js';
import type { Database } from '../../lib/database/database.js';
import { readSettledTime } from '../../lib/messages/settled-time.js';
import { openSweeper } from '../images/other-process.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';

describe('the time by which all messages can be read', () => {
  let host: ChatHost;
  let database: Database;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, people.john);
    ({ database } = openSweeper({ url: host.databaseUrl }, diskImageStore({ dir: await makeFolder('images') })));
  });

  after(async () => {
    await database.close();
    await host.close();
  });

  /** Has written a message, which nobody can read yet. */
  async function beginToWrite(): Promise<pg.Client> {
    const writer = new pg.Client(host.databaseUrl);
    await writer.connect();
    await writer.query('BEGIN');
    await writer.query(
      `INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, created_at)
       VALUES (nextval('chat.message_ids'), $1, 'customer', 1, 'written', clock_timestamp())`,
      [chatId],
    );
    return writer;
  }

  it('waits for whoever was writing, and not for those who have begun since', async () => {
    const earlier = await beginToWrite();
    let looks = 0;
    let lookedOften = (): void => undefined;
    const looking = new Promise<void>((resolve) => (lookedOften = resolve));
    const watched: Database = {
      ...database,
      query: (statement, values) => {
        // The clock, the writers, and these once more, and again.
        if ((looks += 1) === 4) lookedOften();
        return database.query(statement, values);
      },
    };
    let isSettled = false;
    const settling = readSettledTime(watched).finally(() => (isSettled = true));
    await looking;
    expect(isSettled).to.equal(false);
    const later = await beginToWrite();
    try {
      await earlier.query('COMMIT');
      const time = await settling;
      const [row] = await host.database.query<{ readable: number }>(
        'SELECT count(*)::int AS readable FROM chat.messages WHERE created_at <= $1',
        [time],
      );
      expect(row).to.deep.equal({ readable: 1 });
    } finally {
      await Promise.all([earlier.end(), later.end()]);
    }
  });
});
