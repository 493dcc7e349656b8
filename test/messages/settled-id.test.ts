import { expect } from 'chai';
import pg from 'pg';
import { diskImageStore } from '../../lib/index.js';
import type { Database } from '../../lib/database/database.js';
import { readSettledId } from '../../lib/messages/settled-id.js';
import { openSweeper } from '../images/other-process.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';

describe('the id up to which all messages can be read', () => {
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

  it('is 0 where there are none', async () => {
    expect(await readSettledId(database)).to.equal(0);
  });

  it('waits for whoever was writing, and not for those who have begun since', async () => {
    const earlier = await beginToWrite();
    let looks = 0;
    let lookedOften = (): void => undefined;
    const looking = new Promise<void>((resolve) => (lookedOften = resolve));
    const watched: Database = {
      ...database,
      query: (statement, values) => {
        // The last id, the writers, and these once more, and again.
        if ((looks += 1) === 4) lookedOften();
        return database.query(statement, values);
      },
    };
    let isSettled = false;
    const settling = readSettledId(watched).finally(() => (isSettled = true));
    await looking;
    expect(isSettled).to.equal(false);
    const later = await beginToWrite();
    try {
      await earlier.query('COMMIT');
      const id = await settling;
      const [row] = await host.database.query<{ readable: number }>(
        'SELECT count(*)::int AS readable FROM chat.messages WHERE id <= $1',
        [id],
      );
      expect(row).to.deep.equal({ readable: 1 });
    } finally {
      await Promise.all([earlier.end(), later.end()]);
    }
  });
});
