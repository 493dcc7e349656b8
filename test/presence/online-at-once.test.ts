import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';
import { lockTable } from '../support/table-lock.js';
import { until } from '../support/until.js';

const { john, smith } = people;

describe('two people who connect at the same moment', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } });
    chatId = await startChat(host, john);
  });

  after(() => host.close());

  afterEach('everybody leaves', () =>
    until('everybody is gone', async () => (await host.database.query('SELECT 1 FROM chat.presence')).length === 0),
  );

  /** Rejects unless the socket learns that the other side is online: with `connected`, or right after it. */
  async function learnsOfOther(socket: Socket): Promise<void> {
    const { online } = await nextEvent<{ online: number[] }>(socket, 'connected');
    if (!online.includes(chatId)) await nextEvent(socket, 'user:online');
  }

  it('each learn that the other is online', async () => {
    for (let round = 0; round < 10; round += 1) {
      const sockets = await Promise.all([host.connect(john), host.connect(smith)]);
      await Promise.all(sockets.map(learnsOfOther));
      for (const socket of sockets) socket.disconnect();
      await until('both are gone', async () => (await host.database.query('SELECT 1 FROM chat.presence')).length === 0);
    }
  });

  it('each learn that the other is online, though the database is slow to take it', async () => {
    const lock = await lockTable(host.database, 'chat.presence', 'SHARE');
    const connecting = Promise.all([host.connect(john), host.connect(smith)]);
    await until('presence waits to be written', async () => {
      const [waiting] = await host.database.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM pg_locks WHERE relation = 'chat.presence'::regclass AND NOT granted",
      );
      return (waiting?.count ?? 0) > 0;
    });
    await lock.release();
    const sockets = await connecting;
    await Promise.all(sockets.map(learnsOfOther));
    expect(sockets.every(({ connected }) => connected)).to.equal(true);
    for (const socket of sockets) socket.disconnect();
  });
});
