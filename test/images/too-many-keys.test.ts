import { people } from '../support/host-tables.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { expect } from 'chai';

describe('keys of images in a message', () => {
  let host: ChatHost;
  let path: string;
  before(async () => {
    host = await startChatHost();
    const { body } = await host.as(people.john).post<{ id: number }>('/api/chats/start');
    path = `/api/chats/${body.id}/messages`;
  });
  after(() => host.close());

  const refusal = async (imageUrls: string[]) => {
    const { status, body } = await host
      .as(people.john)
      .post<{ error: { code: string } }>(path, { content: 'x', imageUrls });
    return { status, code: body.error.code };
  };

  it('are at most five', async () => {
    expect(await refusal(Array.from({ length: 6 }, (_, n) => `key-${n}`))).to.deep.equal({
      status: 400,
      code: 'too_many_images',
    });
  });

  it('are no longer than any that was given out', async () => {
    expect(await refusal(['k'.repeat(2_000)])).to.deep.equal({ status: 400, code: 'image_key_invalid' });
  });
});
