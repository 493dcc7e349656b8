import { expect } from 'chai';
import { chatRoutes } from '../../lib/chats/chat-routes.js';
import type { Chats } from '../../lib/chats/chats.js';
import type { ChatList } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectRefusal, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { until } from '../support/until.js';

const { john, mary, nia, otto, lind, smith } = people;

describe('GET /api/chats', () => {
  let host: ChatHost;
  let johns: number;
  let marys: number;

  before(async () => {
    host = await startChatHost();
    johns = await startChat(host, john);
    marys = await startChat(host, mary);
    await startChat(host, nia);
  });

  after(() => host.close());

  const listOf = async (caller: SeededPerson): Promise<ChatList> =>
    (await host.as(caller).get<ChatList>('/api/chats')).body;

  it('makes a whole list once for all who wait for the next, and each page for itself', async () => {
    const asked: (() => void)[] = [];
    const list: Chats['list'] = () => new Promise((resolve) => asked.push(() => resolve({ chats: [] })));
    const route = chatRoutes({ list } as Chats).find(({ operationId }) => operationId === 'listChats');
    const ask = async (query: object) => route?.handle({ actor: smith, query } as never);
    const [first, ...others] = [ask({}), ask({}), ask({})];
    expect(asked).to.have.length(1);
    asked[0]?.();
    await first;
    await until('the next is made', async () => asked.length === 2);
    asked[1]?.();
    await Promise.all(others);
    void ask({ limit: 10 });
    void ask({ limit: 10 });
    expect(asked).to.have.length(4);
  });

  it('answers an empty list to somebody without chats', async () => {
    const { status, body } = await host.as(otto).get('/api/chats');
    expect({ status, body }).to.deep.equal({ status: 200, body: { chats: [] } });
  });

  it('answers an empty chat with lastMessage null', async () => {
    const { chats } = await listOf(lind);
    expect(chats).to.have.length(1);
    expect(chats[0]).to.include({ unreadCount: 0, lastMessage: null });
  });

  it('answers each chat in just the shape of the document', async () => {
    const [first] = await say(host, john, johns, 'Thank you!');
    const [second] = await say(host, mary, marys, 'Good morning');
    const { status, body, headers } = await host.as(smith).get('/api/chats');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.match(/^application\/json/);
    expect(first?.createdAt).to.match(isoUtc);
    expect(body).to.deep.equal({
      chats: [
        {
          id: marys,
          customer: { id: mary.id, name: 'Mary Major' },
          dentist: { id: smith.id, name: 'Dr. Smith' },
          lastMessage: { content: 'Good morning', createdAt: second?.createdAt, senderType: 'customer' },
          unreadCount: 1,
          updatedAt: second?.createdAt,
        },
        {
          id: johns,
          customer: { id: john.id, name: 'John Doe' },
          dentist: { id: smith.id, name: 'Dr. Smith' },
          lastMessage: { content: 'Thank you!', createdAt: first?.createdAt, senderType: 'customer' },
          unreadCount: 1,
          updatedAt: first?.createdAt,
        },
      ],
    });
  });

  it('puts the chat with the most recent activity first', async () => {
    await say(host, smith, marys, 'one');
    expect((await listOf(smith)).chats.map(({ id }) => id)).to.deep.equal([marys, johns]);
    await say(host, smith, johns, 'two');
    expect((await listOf(smith)).chats.map(({ id }) => id)).to.deep.equal([johns, marys]);
  });

  it("counts the other party's unread messages only, for each side", async () => {
    await host.chat.messages.markRead(john, { chatId: johns });
    await host.chat.messages.markRead(smith, { chatId: johns });
    await say(host, smith, johns, 'a', 'b', 'c');
    await say(host, john, johns, 'd');
    const unreadOf = async (caller: SeededPerson): Promise<number | undefined> =>
      (await listOf(caller)).chats.find(({ id }) => id === johns)?.unreadCount;
    expect(await unreadOf(john)).to.equal(3);
    expect(await unreadOf(smith)).to.equal(1);
  });

  it('shows nobody the chats of another person, of one with the same number neither', async () => {
    // Customer 1 and dentist 1: john and lind.
    expect((await listOf(john)).chats.map(({ customer }) => customer.id)).to.deep.equal([john.id]);
    expect((await listOf(lind)).chats.map(({ customer }) => customer.id)).to.deep.equal([nia.id]);
  });

  it('answers 401 without a token', async () => {
    const answer = await host.as(null).get('/api/chats');
    expectRefusal(answer, 'token_missing');
    expect(answer.headers.get('www-authenticate')).to.equal('Bearer');
  });

  it("answers the host's own code the same", async () => {
    expect(await host.chat.chats.list(smith)).to.deep.equal(await listOf(smith));
  });
});
