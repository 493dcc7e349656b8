import { expect } from 'chai';
import sinon from 'sinon';
import type { PersonRef } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { load, photo, preUpload, sendFiles, type WireImage } from './support.js';

const { john, mary, nia, smith } = people;

describe('a link to an image of a message', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  let image: WireImage;
  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await startChat(host, mary);
    await startChat(host, nia);
    const { body } = await sendFiles(host, john, chatId, [await photo()]);
    const [sent] = body.images ?? [];
    if (sent === undefined) throw new Error('no image was sent');
    image = sent;
  });
  after(() => host.close());
  afterEach(() => sinon.restore());

  const follow = (person: PersonRef | null, path: string) => host.as(person).request(path, { redirect: 'manual' });

  it('runs out, and is made anew for both who are in the chat', async () => {
    sinon.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    expect((await load(host, image.url)).status).to.equal(403);
    sinon.restore();
    for (const person of [john, smith]) {
      const answer = await follow(person, `/api/chats/${chatId}/images/${image.id}`);
      expect(answer.status).to.equal(302);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      const response = await load(host, answer.headers.get('location') ?? '');
      expect({ status: response.status, type: response.headers.get('content-type') }).to.deep.equal({
        status: 200,
        type: 'image/jpeg',
      });
    }
  });

  it('is made for nobody else, who does not learn that there is one', async () => {
    expectRefusal(await follow(null, `/api/chats/${chatId}/images/${image.id}`), 'token_missing');
    for (const stranger of [mary, nia]) {
      expectRefusal(await follow(stranger, `/api/chats/${chatId}/images/${image.id}`), 'chat_not_found');
      expectRefusal(await follow(stranger, `/api/chats/999/images/${image.id}`), 'chat_not_found');
    }
  });

  it('is made for no image that is of another chat, or not sent, or not there', async () => {
    const { body } = await host.as(mary).get<{ chats: { id: number }[] }>('/api/chats');
    const marysChat = body.chats[0]?.id;
    expectRefusal(await follow(mary, `/api/chats/${marysChat}/images/${image.id}`), 'image_not_found');
    const key = await preUpload(host, john, chatId, await photo());
    const [unsent] = await host.database.query<{ id: string }>('SELECT id FROM chat.images WHERE key = $1', [key]);
    expectRefusal(await follow(john, `/api/chats/${chatId}/images/${unsent?.id}`), 'image_not_found');
    expectRefusal(await follow(john, `/api/chats/${chatId}/images/999999`), 'image_not_found');
    expectRefusal(await follow(john, `/api/chats/${chatId}/images/x`), 'invalid_request');
  });
});
