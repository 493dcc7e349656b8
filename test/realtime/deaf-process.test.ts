import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { makeHostTables, people } from '../support/host-tables.js';
import { createTestDatabase } from '../support/postgres.js';
import { nextEvent } from '../support/socket-client.js';
import { startProxy } from '../support/tcp-proxy.js';
import { startTestTokens } from '../support/tokens.js';

const { nia, lind } = people;

describe('a process that cannot hear the others', () => {
  it('has its sockets reconnect after a message of a process that came meanwhile', async function () {
    this.timeout(20_000);
    const tokens = await startTestTokens();
    const database = await createTestDatabase();
    await makeHostTables(database);
    const proxy = await startProxy(database);
    const start = (url: string): Promise<ChatHost> =>
      startChatHost({ database: { url }, realtime: { adapter: 'postgres' } }, { tokens, database });
    const deaf = await start(proxy.url);
    const hosts = [deaf];
    try {
      const { id: chatId } = await deaf.chat.chats.start(nia);
      const socket = await deaf.connect(lind, { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 50 });
      await nextEvent(socket, 'connected');

      proxy.turn('cut');
      const newcomer = await start(database.url);
      hosts.push(newcomer);
      const { id } = await newcomer.chat.messages.send(nia, { chatId, content: 'while nobody heard' });
      proxy.turn('up');
      await nextEvent(socket, 'connected');
      const { messages } = await deaf.chat.messages.list(lind, { chatId });
      expect(messages.map((message) => message.id)).to.deep.equal([id]);
    } finally {
      await Promise.all(hosts.map((host) => host.close()));
      await proxy.close();
      await database.drop();
      await tokens.close();
    }
  });
});
