import { expect } from 'chai';
import type { PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { expectRefusal, expectRejection, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';

const { john, mary, lind, smith } = people;

interface Page {
  messages: { id: number; content: string; createdAt: string }[];
  hasMore: boolean;
  nextCursor: string | null;
}

describe('GET /api/chats/:chatId/messages', () => {
  let host: ChatHost;
  let chatId: number;
  let empty: number;
  /** Ascending; between them lie ids of another chat. */
  let ids: number[];

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    const other = await startChat(host, mary);
    ids = [];
    for (const text of texts(120, 'text')) {
      const [message] = await say(host, ids.length % 3 === 0 ? smith : john, chatId, text);
      if (message !== undefined) ids.push(message.id);
      if (ids.length % 4 === 0) await say(host, mary, other, 'between');
    }
    empty = await startChat(host, people.nia);
  });

  after(() => host.close());

  async function read(query: string, reader: PersonRef = john): Promise<Page> {
    const { status, body } = await host.as(reader).get<Page>(`/api/chats/${chatId}/messages${query}`);
    expect(status).to.equal(200);
    expect(body).to.have.all.keys('messages', 'hasMore', 'nextCursor');
    return body;
  }

  const idsOf = ({ messages }: Page): number[] => messages.map(({ id }) => id);

  it('answers each message in just the shape of the document, read and unread', async () => {
    const [fromSmith, fromJohn] = ids;
    if (fromSmith === undefined || fromJohn === undefined) throw new Error('no messages');
    const { readAt } = await host.chat.messages.markRead(john, { chatId, messageId: fromSmith });
    const { messages } = await read(`?before=${ids[2]}&limit=2`, smith);
    expect(readAt).to.match(isoUtc);
    expect(messages[0]?.createdAt).to.match(isoUtc);
    expect(messages).to.deep.equal([
      {
        id: fromSmith,
        senderType: 'dentist',
        senderId: smith.id,
        content: 'text 1',
        imageUrls: [],
        createdAt: messages[0]?.createdAt,
        isRead: true,
        readAt,
      },
      {
        id: fromJohn,
        senderType: 'customer',
        senderId: john.id,
        content: 'text 2',
        imageUrls: [],
        createdAt: messages[1]?.createdAt,
        isRead: false,
        readAt: null,
      },
    ]);
  });

  it('answers the newest fifty by default, in ascending order', async () => {
    const page = await read('');
    expect(idsOf(page)).to.deep.equal(ids.slice(-50));
    expect(page).to.include({ hasMore: true, nextCursor: String(ids.at(-50)) });
  });

  it('answers an empty page of an empty chat', async () => {
    for (const query of ['', '?before=1', '?after=1', '?limit=1']) {
      const { body } = await host.as(lind).get(`/api/chats/${empty}/messages${query}`);
      expect(body).to.deep.equal({ messages: [], hasMore: false, nextCursor: null });
    }
  });

  it('answers what is strictly older than before, and strictly newer than after', async () => {
    expect(idsOf(await read(`?before=${ids[60]}&limit=3`))).to.deep.equal(ids.slice(57, 60));
    expect(idsOf(await read(`?after=${ids[60]}&limit=3`))).to.deep.equal(ids.slice(61, 64));
  });

  it('takes cursors that are ids of no message, or of a message of another chat', async () => {
    const between = (ids[3] ?? 0) + 1;
    expect(ids).to.not.include(between);
    expect(idsOf(await read(`?before=${between}`))).to.deep.equal(ids.slice(0, 4));
    expect(idsOf(await read(`?after=${between}&limit=2`))).to.deep.equal(ids.slice(4, 6));
  });

  it('says there is no more just where there is none', async () => {
    expect(await read(`?before=${ids[2]}&limit=2`)).to.include({ hasMore: false, nextCursor: null });
    expect(await read(`?before=${ids[3]}&limit=2`)).to.include({ hasMore: true, nextCursor: String(ids[1]) });
    expect(await read(`?after=${ids.at(-3)}&limit=2`)).to.include({ hasMore: false, nextCursor: null });
    expect(await read(`?after=${ids.at(-4)}&limit=2`)).to.include({ hasMore: true, nextCursor: String(ids.at(-2)) });
    expect(await read(`?after=${ids.at(-1)}`)).to.deep.equal({ messages: [], hasMore: false, nextCursor: null });
    expect(await read(`?before=${Number.MAX_SAFE_INTEGER}&limit=100`)).to.include({ hasMore: true });
  });

  for (const limit of [3, 7, 40, 99, 100]) {
    it(`is walked through ${limit} at a time in both directions without a skip or a repeat`, async () => {
      const back: number[] = [];
      for (let query: string | null = ''; query !== null;) {
        const page = await read(`?limit=${limit}${query}`, smith);
        expect(page.messages.length).to.be.within(1, limit);
        back.unshift(...idsOf(page));
        query = page.hasMore ? `&before=${page.nextCursor}` : null;
      }
      expect(back).to.deep.equal(ids);

      const [first = 0] = ids;
      const forth = [first];
      for (let query: string | null = `&after=${first}`; query !== null;) {
        const page = await read(`?limit=${limit}${query}`, smith);
        expect(page.messages.length).to.be.within(1, limit);
        forth.push(...idsOf(page));
        query = page.hasMore ? `&after=${page.nextCursor}` : null;
      }
      expect(forth).to.deep.equal(ids);
    });
  }

  it("answers the host's own code the same", async () => {
    const page = await host.chat.messages.list(john, { chatId, before: ids[60], limit: 3 });
    const { messages, ...rest } = await read(`?before=${ids[60]}&limit=3`);
    expect({ hasMore: page.hasMore, nextCursor: page.nextCursor }).to.deep.equal(rest);
    expect(
      page.messages.map(({ chatId: of, images, ...message }) => ({ ...message, imageUrls: images, of })),
    ).to.deep.equal(messages.map((message) => ({ ...message, of: chatId })));
  });

  it('answers 404 to whoever is no participant, just as for a chat that does not exist', async () => {
    for (const stranger of [mary, lind]) {
      for (const query of ['', '?before=5', '?after=5']) {
        const foreign = await host.as(stranger).get(`/api/chats/${chatId}/messages${query}`);
        const absent = await host.as(stranger).get(`/api/chats/4711/messages${query}`);
        expectRefusal(foreign, 'chat_not_found');
        expect(foreign.body).to.deep.equal(absent.body);
      }
      await expectRejection(host.chat.messages.list(stranger, { chatId }), 'chat_not_found');
    }
  });

  it('answers 401 without a token', async () => {
    expectRefusal(await host.as(null).get(`/api/chats/${chatId}/messages`), 'token_missing');
  });

  for (const query of [
    ...['limit=0', 'limit=101', 'limit=-1', 'limit=1e9', 'limit=1e1', 'limit=abc', 'limit=', 'limit=1.0', 'limit=0x10'],
    ...['limit=1&limit=2', 'limit=%00', 'limit=99999999999999999999', 'limit=+1'],
    ...['before=abc', 'before=', 'before=0', 'before=-1', 'before=1.5', 'before=01', 'before=%00', "before=1'"],
    ...['before=9007199254740992', 'before=1&before=2', 'before=null', `before=${'9'.repeat(300)}`],
    ...['after=abc', 'after=', 'after=0', 'after=%ff', 'after=9007199254740992', 'after=1&after=1'],
    ...['before=1&after=1', 'before=9&after=1&limit=2'],
  ]) {
    it(`answers 400 to ?${query.slice(0, 40)}`, async () => {
      expectRefusal(await host.as(john).get(`/api/chats/${chatId}/messages?${query}`), 'invalid_request');
    });
  }

  it("refuses the same from the host's own code", async () => {
    for (const wrong of [
      { limit: 0 },
      { limit: 101 },
      { limit: 1.5 },
      { before: 0 },
      { after: 0 },
      { before: 2 ** 53 },
    ]) {
      await expectRejection(host.chat.messages.list(john, { chatId, ...wrong }), 'invalid_request');
    }
    await expectRejection(host.chat.messages.list(john, { chatId, before: 1, after: 1 }), 'invalid_request');
  });
});
