import { expect } from 'chai';
import type { Directory } from '../../lib/index.js';
import { photo } from '../images/support.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { seededDirectory } from '../support/seeded-directory.js';

const { john } = people;

describe('input that is wrong', () => {
  let host: ChatHost;
  let lookUps = 0;

  before(async () => {
    const { findPeople, ...others } = seededDirectory();
    const counting: Directory['findPeople'] = (refs) => {
      lookUps += 1;
      return findPeople(refs);
    };
    host = await startChatHost({ directory: { findPeople: counting, ...others } });
  });
  after(() => host.close());

  it('costs no look-up, in a query, a path, a body or beside a form', async () => {
    const form = new FormData();
    form.append('images', new Blob([await photo()]), 'tooth.jpg');
    const asJohn = host.as(john);
    for (const answer of [
      await asJohn.get('/api/chats?before=abc'),
      await asJohn.get('/api/chats/abc'),
      await asJohn.post('/api/chats/1/messages', { content: 1 }),
      await asJohn.postForm('/api/chats/abc/messages', form),
    ]) {
      expectRefusal(answer, 'invalid_request');
    }
    expect(lookUps).to.equal(0);
    expect((await asJohn.get('/api/chats')).status).to.equal(200);
    expect(lookUps).to.be.above(0);
  });
});
