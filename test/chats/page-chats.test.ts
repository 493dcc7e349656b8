import { expect } from 'chai';
import type { ChatList } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectRefusal, expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';

const { smith } = people;

describe('GET /api/chats in pages', () => {
  let host: ChatHost;
  /** All of Smith's chats, newest activity first. */
  let newestFirst: number[];

  before(async () => {
    host = await startChatHost();
    const ids: number[] = [];
    for (const customer of await addCustomers(host, 7)) ids.push(await startChat(host, customer));
    // Three of them at the same instant: the order among those is by id.
    await host.database.query("UPDATE chat.chats SET updated_at = '2026-01-01T00:00:00Z' WHERE id = ANY ($1)", [
      ids.slice(1, 4),
    ]);
    const rows = await host.database.query<{ id: string }>(
      'SELECT id FROM chat.chats ORDER BY updated_at DESC, id DESC',
    );
    newestFirst = rows.map(({ id }) => Number(id));
  });

  after(() => host.close());

  async function page(query: string): Promise<ChatList & { ids: number[] }> {
    const { status, body } = await host.as(smith).get<ChatList>(`/api/chats${query}`);
    expect(status).to.equal(200);
    return { ...body, ids: body.chats.map(({ id }) => id) };
  }

  it('answers all, and no word of pages, by default', async () => {
    const { ids, ...body } = await page('');
    expect(body).to.have.all.keys('chats');
    expect(ids).to.deep.equal(newestFirst);
  });

  for (const limit of [1, 2, 3, 7]) {
    it(`walks through the list ${limit} at a time without a skip or a repeat`, async () => {
      const seen: number[] = [];
      let query = `?limit=${limit}`;
      for (;;) {
        const { ids, ...body } = await page(query);
        expect(body).to.have.all.keys('chats', 'hasMore', 'nextCursor');
        expect(ids.length).to.be.at.most(limit);
        seen.push(...ids);
        expect(body.hasMore).to.equal(seen.length < newestFirst.length);
        if (body.hasMore !== true) {
          expect(body.nextCursor).to.equal(null);
          break;
        }
        expect(body.nextCursor).to.be.a('string');
        query = `?limit=${limit}&before=${body.nextCursor}`;
      }
      expect(seen).to.deep.equal(newestFirst);
    });
  }

  it('goes on from a cursor with the default page where no limit is given', async () => {
    const { nextCursor } = await page('?limit=2');
    const { ids, ...body } = await page(`?before=${nextCursor}`);
    expect(ids).to.deep.equal(newestFirst.slice(2));
    expect(body).to.include({ hasMore: false, nextCursor: null });
  });

  it('repeats nothing when chats move to the front meanwhile', async () => {
    const first = await page('?limit=3');
    const [moved] = first.ids;
    if (moved === undefined) throw new Error('an empty page');
    await say(host, smith, moved, 'moves to the front');
    const { ids } = await page(`?limit=500&before=${first.nextCursor}`);
    expect(ids).to.deep.equal(newestFirst.slice(3));
  });

  it('agrees with the host door', async () => {
    const { nextCursor } = await page('?limit=2');
    const { ids, ...body } = await page(`?limit=2&before=${nextCursor}`);
    expect(ids).to.have.length(2);
    expect(await host.chat.chats.list(smith, { limit: 2, before: nextCursor ?? '' })).to.deep.equal(body);
  });

  for (const query of [
    ...['limit=0', 'limit=-1', 'limit=501', 'limit=1e9', 'limit=1e2', 'limit=abc', 'limit=', 'limit=1.5', 'limit=%201'],
    ...['limit=1&limit=2', 'limit=1000000000000', 'limit=%00', 'limit=NaN'],
    ...['before=abc', 'before=', 'before=1', 'before=0-0', 'before=1-1-1', 'before=%00', "before='--", 'before=-1-1'],
    ...[
      'before=1-9007199254740992',
      'before=999999999999999-1',
      `before=${'1'.repeat(500)}-1`,
      'before=1-1&before=2-1',
    ],
  ]) {
    it(`answers 400 to ?${query.slice(0, 40)}`, async () => {
      expectRefusal(await host.as(smith).get(`/api/chats?${query}`), 'invalid_request');
    });
  }

  it("refuses the same from the host's own code", async () => {
    await expectRejection(host.chat.chats.list(smith, { limit: 0 }), 'invalid_request');
    await expectRejection(host.chat.chats.list(smith, { limit: 501 }), 'invalid_request');
    await expectRejection(host.chat.chats.list(smith, { before: 'abc' }), 'invalid_request');
  });

  it('answers hundreds at once, as the pages have them', async () => {
    await host.database.query(
      'INSERT INTO chat.chats (customer_id, dentist_id) SELECT id, $2 FROM unnest($1::int[]) AS id',
      [(await addCustomers(host, 250)).map(({ id }) => id), smith.id],
    );
    const { headers, body } = await host.as(smith).get<ChatList>('/api/chats');
    expect(headers.get('content-type')).to.equal('application/json; charset=utf-8');
    expect(Number(headers.get('content-length'))).to.equal(Buffer.byteLength(JSON.stringify(body)));
    const { chats } = await host
      .as(smith)
      .get<ChatList>('/api/chats?limit=500')
      .then((paged) => paged.body);
    expect(body).to.deep.equal({ chats });
    expect(chats).to.have.lengthOf(257);
  });
});
