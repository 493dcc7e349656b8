import { expect } from 'chai';
import pg from 'pg';
import type { NewMessage } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, smith } = people;
const realtime = { adapter: 'postgres' } as const;

describe('a process that starts beside another', () => {
  let earlier: ChatHost;
  let chatId: number;

  before(async () => {
    earlier = await startChatHost({ realtime });
    chatId = await startChat(earlier, john);
  });
  after(() => earlier.close());

  const startAnother = (): Promise<ChatHost> =>
    startChatHost({ realtime }, { database: earlier.database, tokens: earlier.tokens });

  const looksForWriters = () =>
    earlier.database.query<{ at: string }>(
      `SELECT query_start::text AS at FROM pg_stat_activity
        WHERE application_name = 'koa-chat-module' AND query LIKE '%pg_locks%'`,
    );

  it('tells its sockets nothing that was written just before', async () => {
    await earlier.chat.messages.send(john, { chatId, content: 'just before' });
    const another = await startAnother();
    try {
      const socket = await another.connect(smith);
      await earlier.chat.messages.send(john, { chatId, content: 'after' });
      expect((await nextEvent<NewMessage>(socket, 'message:new')).content).to.equal('after');
      await noEvent(socket, 'message:new');
    } finally {
      await another.close();
    }
  });

  it('lets nobody in before what is being written is there to be read', async () => {
    const writer = new pg.Client(earlier.databaseUrl);
    await writer.connect();
    try {
      await writer.query('BEGIN');
      await writer.query(
        `INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, created_at)
         VALUES (nextval('chat.message_ids'), $1, 'customer', $2, 'in the middle', clock_timestamp())`,
        [chatId, john.id],
      );
      let isUp = false;
      const starting = startAnother().finally(() => (isUp = true));
      const looks = new Set<string>();
      await until('it looks for the writer again and again', async () => {
        for (const { at } of await looksForWriters()) looks.add(at);
        return looks.size >= 3;
      });
      expect(isUp).to.equal(false);
      await writer.query('COMMIT');
      await (await starting).close();
    } finally {
      await writer.end();
    }
  });
});
