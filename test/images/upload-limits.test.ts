import { expect } from 'chai';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';

describe('uploads that nobody sends', () => {
  it('are so many a person at most, whatever the chat', async () => {
    const host = await startChatHost({ images: { maxUnsentPerPerson: 3 } });
    try {
      const chatId = await startChat(host, people.john);
      const askFor = (count: number, caller: PersonRef = people.john) =>
        host.as(caller).post(`/api/chats/${chatId}/uploads`, {
          images: Array.from({ length: count }, () => ({ contentType: 'image/png', bytes: 100 })),
        });
      expect((await askFor(2)).status).to.equal(201);
      const refused = await askFor(2);
      expectRefusal(refused, 'rate_limited');
      expect(Number(refused.headers.get('Retry-After'))).to.be.within(80_000, 90_000);
      expect((await askFor(3, people.smith)).status).to.equal(201);
      expect((await askFor(1)).status).to.equal(201);
      await host.database.query('UPDATE chat.images SET condemned_at = now()');
      expect((await askFor(3)).status).to.equal(201);
    } finally {
      await host.close();
    }
  });
});

describe('the files of a stranger', () => {
  it('are not even read', async () => {
    const host = await startChatHost();
    try {
      const chatId = await startChat(host, people.john);
      const upload = request(`${host.url}/api/chats/${chatId}/messages`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${host.tokenOf(people.mary)}`,
          'Content-Type': 'multipart/form-data; boundary=b',
          'Content-Length': 1_000_000,
        },
      });
      // The rest never comes: an answer was not waiting for it.
      upload.write('--b\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n');
      const [response] = (await once(upload, 'response')) as [IncomingMessage];
      expect(response.statusCode).to.equal(403);
      upload.destroy();
    } finally {
      await host.close();
    }
  });
});
