import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { ask } from '../support/ask.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

const { john, smith } = people;

/** The largest that JSON numbers carry exactly. */
const largest = Number.MAX_SAFE_INTEGER;

describe('ids of any size', () => {
  let host: ChatHost;

  before(async () => {
    host = await startChatHost();
    await host.database.query('INSERT INTO chat.chats (id, customer_id, dentist_id) VALUES ($1, $2, $3)', [
      ...[largest, john.id, smith.id],
    ]);
    await host.database.query(`ALTER SEQUENCE chat.message_ids RESTART WITH ${largest - 3}`);
  });

  after(() => host.close());

  it('are exact numbers everywhere, up to the largest', async () => {
    const [johns, smiths] = [await host.connect(john), await host.connect(smith)];
    expect(await nextEvent(johns, 'connected')).to.deep.include({ sessions: [largest] });
    const path = `/api/chats/${largest}`;
    const ids = [largest - 3, largest - 2, largest - 1, largest];
    for (const id of ids) {
      const { body } = await host.as(smith).post(`${path}/messages`, { content: String(id) });
      expect(body).to.include({ id });
      expect(await nextEvent(johns, 'message:new')).to.include({ id, sessionId: largest });
    }

    const back = await host.as(john).get<object>(`${path}/messages?limit=2&before=${largest}`);
    expect(back.body).to.deep.include({ hasMore: true, nextCursor: String(largest - 2) });
    const forth = await host.as(john).get<{ messages: { id: number }[] }>(`${path}/messages?after=${largest - 2}`);
    expect(forth.body.messages.map(({ id }) => id)).to.deep.equal([largest - 1, largest]);

    expect((await host.as(john).post(`${path}/messages/${largest - 3}/read`)).body).to.include({ id: largest - 3 });
    const ack = await ask(johns, 'chat:read', { sessionId: largest, upTo: largest - 1 });
    expect(ack).to.deep.include({ messageId: largest - 1, messageIds: [largest - 2, largest - 1] });
    await nextEvent(smiths, 'message:read_receipt');
    expect(await nextEvent(smiths, 'message:read_receipt')).to.deep.include({
      ...{ sessionId: largest, messageIds: [largest - 2, largest - 1] },
    });
    expect((await host.as(john).get('/api/chats?limit=1')).body).to.have.nested.property('chats[0].unreadCount', 1);
  });
});
