import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { expect } from 'chai';
import { io } from 'socket.io-client';
import { definePlugin } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, mary, smith } = people;

describe('a hook that takes its time to let somebody be seen', () => {
  it('lets nobody be seen who has gone meanwhile', async () => {
    const hook = new EventEmitter();
    const asked = once(hook, 'asked');
    const answered = once(hook, 'answered');
    const slowFor = definePlugin({
      name: 'slow',
      version: '1.0.0',
      hooks: {
        async canChangePresence({ person }) {
          if (person.type !== john.type || person.id !== john.id) return;
          hook.emit('asked');
          await answered;
        },
      },
    });
    const host = await startChatHost({ realtime: { offlineGraceMs: 0 }, plugins: [slowFor] });
    try {
      for (const customer of [john, mary]) await startChat(host, customer);
      const smiths = await host.connect(smith);
      const auth = { token: host.tokenOf(john) };
      const johns = io(host.url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
      await asked;
      johns.disconnect();
      await until('the server knows that he has gone', async () => (await openConnections(host.server)) === 1);
      await host.as(mary).get('/api/chats');
      hook.emit('answered');

      await host.connect(mary);
      expect(await nextEvent(smiths, 'user:online')).to.include({ userId: mary.id });
      await noEvent(smiths, 'user:online');
      const rows = `SELECT 1 FROM chat.presence WHERE person_type = 'customer' AND person_id = $1`;
      expect(await host.database.query(rows, [john.id])).to.be.empty;
    } finally {
      await host.close();
    }
  });
});

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
