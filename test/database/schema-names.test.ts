import { expect } from 'chai';
import type { Plugin } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

describe('a schema', () => {
  const { john, smith } = people;
  const names = ['Chat "Ü\'1.x', 'select', `a\\b $1 %s :n ? ${'ö'.repeat(24)}`];

  for (const schema of names) {
    it(`may be called ${schema}, for all that the module does`, async () => {
      let counted: unknown;
      const plugin: Plugin = {
        name: 'counts',
        version: '1.0.0',
        migrations: [{ name: '0001-counts', sql: 'CREATE TABLE counts AS SELECT 3 AS n' }],
        async start({ query, schema: quoted }) {
          counted = await query(`SELECT n FROM ${quoted}.counts WHERE n = $1`, [3]);
        },
      };
      const host = await startChatHost({
        database: { schema },
        plugins: [plugin],
        realtime: { adapter: 'postgres', offlineGraceMs: 0 },
      });
      try {
        expect(counted).to.deep.equal([{ n: 3 }]);
        const { id } = (await host.as(john).post<{ id: number }>('/api/chats/start')).body;
        const [inJohn, inSmith] = [await host.connect(john), await host.connect(smith)];
        await nextEvent(inJohn, 'user:online');
        const sends = ['one', 'two', 'three'].map((content) =>
          inJohn.emitWithAck('message:send', { sessionId: id, content }),
        );
        await Promise.all(sends);
        await nextEvent(inSmith, 'message:new');
        const page = await host.as(smith).get<{ messages: { id: number }[] }>(`/api/chats/${id}/messages?limit=2`);
        expect(page.body.messages).to.have.lengthOf(2);
        const [oldest] = page.body.messages;
        expect((await host.as(smith).post(`/api/chats/${id}/messages/${oldest?.id}/read`)).status).to.equal(200);
        expect((await host.as(smith).post(`/api/chats/${id}/read`)).status).to.equal(200);
        const upload = { images: [{ contentType: 'image/png', bytes: 100 }] };
        expect((await host.as(john).post(`/api/chats/${id}/uploads`, upload)).status).to.equal(201);
        expect((await host.as(smith).get('/api/chats?limit=1')).body).to.have.nested.property(
          'chats[0].unreadCount',
          0,
        );
        await host.chat.chats.close(id);
        await nextEvent(inJohn, 'chat:updated');
        await host.chat.chats.reopen(id);
        inSmith.disconnect();
        await nextEvent(inJohn, 'user:offline');
        const tables = await host.database.query<{ count: number }>(
          'SELECT count(*)::int FROM information_schema.tables WHERE table_schema = $1',
          [schema],
        );
        expect(tables[0]?.count).to.be.greaterThan(4);
        expect(host.log.lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
      } finally {
        await host.close();
      }
    });
  }
});
