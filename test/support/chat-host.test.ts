import { expect } from 'chai';
import { startChatHost } from './chat-host.js';
import type { ChatHost } from './chat-host.js';
import { people } from './host-tables.js';
import { nextEvent, noEvent } from './socket-client.js';

describe('the chat host of the tests', () => {
  let host: ChatHost;

  before(async () => {
    host = await startChatHost();
  });

  after(() => host.close());

  it('lets a customer and a dentist talk, each through either door', async () => {
    const started = await host.as(people.john).post<{ id: number }>('/api/chats/start');
    expect(started.status).to.equal(201);
    const chatId = started.body.id;

    const [john, smith] = await Promise.all([host.connect(people.john), host.connect(people.smith)]);
    expect(await nextEvent(john, 'connected')).to.include({ userType: 'customer', userId: people.john.id });
    const sent = await host
      .as(people.smith)
      .post(`/api/chats/${chatId}/messages`, { content: 'How are they fitting?' });
    expect(sent.status).to.equal(201);
    expect(await nextEvent(john, 'message:new')).to.include({ content: 'How are they fitting?', sessionId: chatId });

    await john.emitWithAck('typing:start', { sessionId: chatId });
    await nextEvent(smith, 'typing:indicator');
    await noEvent(john, 'typing:indicator');
  });

  it('turns away a caller without a token at both doors', async () => {
    expect((await host.as(null).get('/api/chats')).status).to.equal(401);
    const refused = await host.connect(null).catch((error: unknown) => error);
    expect(refused).to.be.an('error').with.nested.property('data.code', 'token_missing');
  });
});
