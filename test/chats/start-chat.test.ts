import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { definePlugin } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal, expectRejection, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, nia, otto, lind, smith } = people;

interface Started {
  id: number;
  createdAt: string;
}

describe('POST /api/chats/start', () => {
  let host: ChatHost;

  before(async () => {
    host = await startChatHost();
  });

  after(() => host.close());

  it('answers 201 in just the shape of the document, and the chat is there', async () => {
    const { status, body } = await host.as(john).post<Started>('/api/chats/start');
    expect(status).to.equal(201);
    expect(body.id).to.be.a('number').above(0);
    expect(body.createdAt).to.match(isoUtc);
    expect(body).to.deep.equal({
      id: body.id,
      customer: { id: john.id, name: 'John Doe' },
      dentist: { id: smith.id, name: 'Dr. Smith' },
      status: 'active',
      createdAt: body.createdAt,
    });
    const read = await host.as(smith).get<object>(`/api/chats/${body.id}`);
    expect(read.body).to.include({ id: body.id, createdAt: body.createdAt, updatedAt: body.createdAt });
  });

  it('answers 400 where the chat exists already, and says which it is', async () => {
    const [chat] = (await host.chat.chats.list(john)).chats;
    expectRefusal(await host.as(john).post('/api/chats/start'), 'chat_already_exists', { chatId: chat?.id });
    await expectRejection(host.chat.chats.start(john), 'chat_already_exists');
  });

  it('answers 403 to a dentist', async () => {
    expectRefusal(await host.as(smith).post('/api/chats/start'), 'customers_only');
    await expectRejection(host.chat.chats.start(smith), 'customers_only');
  });

  it('answers 409 to a customer without an assigned dentist', async () => {
    expectRefusal(await host.as(otto).post('/api/chats/start'), 'no_assigned_dentist');
    await expectRejection(host.chat.chats.start(otto), 'no_assigned_dentist');
  });

  it('answers 401 without a token', async () => {
    expectRefusal(await host.as(null).post('/api/chats/start'), 'token_missing');
  });

  it('lets one of fifty concurrent calls through', async () => {
    const [customer] = await addCustomers(host, 1);
    if (customer === undefined) throw new Error('nobody was added');
    const answers = await Promise.all(Array.from({ length: 50 }, () => host.as(customer).post('/api/chats/start')));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).to.have.length(49);
    for (const answer of refused) expectRefusal(answer, 'chat_already_exists');
    const rows = await host.database.query('SELECT 1 FROM chat.chats WHERE customer_id = $1', [customer.id]);
    expect(rows).to.have.length(1);
  });

  it('starts another chat once another dentist is assigned', async () => {
    const [customer] = await addCustomers(host, 1);
    if (customer === undefined) throw new Error('nobody was added');
    const first = await startChat(host, customer);
    await host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [lind.id, customer.id]);
    const second = await host.as(customer).post<Started>('/api/chats/start');
    expect(second.status).to.equal(201);
    expect(second.body.id).to.not.equal(first);
    expect(second.body).to.deep.include({ dentist: { id: lind.id, name: 'Dr. Lind' } });
  });

  it('starts with the dentist who is assigned once hooks are done, and tells the former one nothing', async () => {
    const [customer] = await addCustomers(host, 1);
    if (customer === undefined) throw new Error('nobody was added');
    const assign = (id: number | null) =>
      host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [id, customer.id]);
    let next: number | null = lind.id;
    const canStartChat = async (): Promise<void> => void (await assign(next));
    const plugins = [definePlugin({ name: 'slow', version: '1.0.0', hooks: { canStartChat } })];
    const slow = await startChatHost({ plugins }, host);
    try {
      const [former, follower] = [await slow.connect(smith), await slow.connect(lind)];
      await assign(smith.id);
      const { status, body } = await slow.as(customer).post<Started>('/api/chats/start');
      expect(status).to.equal(201);
      expect(body).to.have.nested.property('dentist.id', lind.id);
      expect(await nextEvent(follower, 'chat:new')).to.include({ sessionId: body.id });
      await noEvent(former, 'chat:new');
      next = null;
      expectRefusal(await slow.as(customer).post('/api/chats/start'), 'no_assigned_dentist');
      const rows = await host.database.query('SELECT 1 FROM chat.chats WHERE customer_id = $1', [customer.id]);
      expect(rows).to.have.length(1);
    } finally {
      await slow.close();
    }
  });

  describe('with live sockets', () => {
    let sockets: { customer: Socket; secondDevice: Socket; dentist: Socket; stranger: Socket };

    before(async () => {
      const [customer, secondDevice, dentist, stranger] = await Promise.all(
        [mary, mary, smith, nia].map((person) => host.connect(person)),
      );
      if (!customer || !secondDevice || !dentist || !stranger) throw new Error('a socket is missing');
      sockets = { customer, secondDevice, dentist, stranger };
    });

    it('tells both participants, on every device, and nobody else', async () => {
      const { body } = await host.as(mary).post<Started>('/api/chats/start');
      const { customer, secondDevice, dentist, stranger } = sockets;
      for (const socket of [customer, secondDevice, dentist]) {
        expect(await nextEvent(socket, 'chat:new')).to.deep.equal({ sessionId: body.id, ...body });
      }
      await noEvent(stranger, 'chat:new');
    });

    it('has joined them to the room at once', async () => {
      const { customer, secondDevice, dentist, stranger } = sockets;
      const [customersChat] = (await host.chat.chats.list(mary)).chats;
      if (customersChat === undefined) throw new Error('mary has no chat');
      await host.as(smith).post(`/api/chats/${customersChat.id}/messages`, { content: 'welcome' });
      for (const socket of [customer, secondDevice, dentist]) {
        expect(await nextEvent(socket, 'message:new')).to.include({ sessionId: customersChat.id, content: 'welcome' });
      }
      await noEvent(stranger, 'message:new');
    });

    it('tells nobody of a start that was refused', async () => {
      await host.as(mary).post('/api/chats/start');
      await noEvent(sockets.dentist, 'chat:new');
    });
  });
});
