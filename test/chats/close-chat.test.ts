import { expect } from 'chai';
import { losingSequelize } from '../failures/lost-statements.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { ask } from '../support/ask.js';
import { expectAckRefusal, expectRefusal, expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, nia, smith } = people;

describe('a chat that the host closes', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await say(host, smith, chatId, 'before');
    await host.chat.chats.close(chatId);
  });

  after(() => host.close());

  it('has the status closed', async () => {
    expect((await host.as(john).get(`/api/chats/${chatId}`)).body).to.include({ status: 'closed' });
  });

  it('takes no message, through any door', async () => {
    for (const caller of [john, smith]) {
      expectRefusal(await host.as(caller).post(`/api/chats/${chatId}/messages`, { content: 'x' }), 'chat_closed');
      const socket = await host.connect(caller);
      expectAckRefusal(await ask(socket, 'message:send', { sessionId: chatId, content: 'x' }), 'chat_closed');
      await expectRejection(host.chat.messages.send(caller, { chatId, content: 'x' }), 'chat_closed');
    }
    const rows = await host.database.query('SELECT content FROM chat.messages WHERE chat_id = $1', [chatId]);
    expect(rows).to.deep.equal([{ content: 'before' }]);
  });

  it('tells a stranger no more than an open one', async () => {
    expectRefusal(await host.as(nia).post(`/api/chats/${chatId}/messages`, { content: 'x' }), 'not_participant');
    expectRefusal(await host.as(nia).get(`/api/chats/${chatId}`), 'chat_not_found');
  });

  it('can still be read, and marked as read', async () => {
    const page = await host.as(john).get<{ messages: { id: number }[] }>(`/api/chats/${chatId}/messages`);
    expect(page.status).to.equal(200);
    expect(page.body.messages).to.have.length(1);
    const read = await host.as(john).post(`/api/chats/${chatId}/messages/${page.body.messages[0]?.id}/read`);
    expect(read.status).to.equal(200);
  });

  it('cannot be started once more', async () => {
    expectRefusal(await host.as(john).post('/api/chats/start'), 'chat_already_exists');
  });

  it('tells both participants, once, of each change', async () => {
    const sockets = await Promise.all([john, smith, nia].map((person) => host.connect(person)));
    const [customer, dentist, stranger] = sockets;
    if (!customer || !dentist || !stranger) throw new Error('a socket is missing');
    for (const [change, status] of [
      [host.chat.chats.reopen, 'active'],
      [host.chat.chats.close, 'closed'],
    ] as const) {
      await change(chatId);
      await change(chatId);
      for (const socket of [customer, dentist]) {
        expect(await nextEvent(socket, 'chat:updated')).to.deep.equal({ sessionId: chatId, status });
      }
    }
    for (const socket of sockets) await noEvent(socket, 'chat:updated');
  });

  it('takes messages again once it is opened again', async () => {
    await host.chat.chats.reopen(chatId);
    expect((await host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'after' })).status).to.equal(201);
    expect((await host.as(john).get(`/api/chats/${chatId}`)).body).to.include({ status: 'active' });
  });

  it('is told of late where the answer of its closing was lost', async () => {
    const losing = losingSequelize(host.databaseUrl);
    const other = await startChatHost({ database: { sequelize: losing.sequelize } }, host);
    try {
      await other.chat.chats.reopen(chatId);
      const socket = await other.connect(john);
      const { arm, disarm } = losing.losing('after it was done');
      arm(new Set());
      await expectRejection(other.chat.chats.close(chatId), 'database_unavailable');
      expect(disarm()).to.include('UPDATE "chat"."chats"');
      expect(await nextEvent(socket, 'chat:updated')).to.deep.equal({ sessionId: chatId, status: 'closed' });
      await other.chat.chats.close(chatId);
      await noEvent(socket, 'chat:updated');
    } finally {
      await other.close();
      await losing.sequelize.close();
    }
  });

  it('must exist', async () => {
    await expectRejection(host.chat.chats.close(4711), 'chat_not_found');
    await expectRejection(host.chat.chats.reopen(4711), 'chat_not_found');
    await expectRejection(host.chat.chats.close(0), 'invalid_request');
  });
});
