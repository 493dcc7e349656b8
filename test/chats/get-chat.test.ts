import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectRefusal, expectRejection, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';

const { john, mary, lind, smith } = people;

describe('GET /api/chats/:chatId', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
  });

  after(() => host.close());

  it('answers each participant in just the shape of the document', async () => {
    const [message] = await say(host, smith, chatId, 'hello');
    for (const caller of [john, smith]) {
      const { status, body } = await host.as(caller).get<{ createdAt: string }>(`/api/chats/${chatId}`);
      expect(status).to.equal(200);
      expect(body.createdAt).to.match(isoUtc);
      expect(body).to.deep.equal({
        id: chatId,
        customer: { id: john.id, name: 'John Doe', email: 'john@example.com' },
        dentist: { id: smith.id, name: 'Dr. Smith', email: 'smith@clinic.example' },
        status: 'active',
        createdAt: body.createdAt,
        updatedAt: message?.createdAt,
      });
    }
  });

  it("answers the host's own code the same", async () => {
    const { body } = await host.as(john).get(`/api/chats/${chatId}`);
    expect(await host.chat.chats.get(john, chatId)).to.deep.equal(body);
  });

  it('answers 404 to whoever is no participant, just as for a chat that does not exist', async () => {
    for (const stranger of [mary, lind]) {
      const foreign = await host.as(stranger).get(`/api/chats/${chatId}`);
      const absent = await host.as(stranger).get('/api/chats/4711');
      expectRefusal(foreign, 'chat_not_found');
      expect(foreign.body).to.deep.equal(absent.body);
      expect(headersOf(foreign)).to.deep.equal(headersOf(absent));
      await expectRejection(host.chat.chats.get(stranger, chatId), 'chat_not_found');
    }
  });

  it('answers 404 to a dentist with the number of the customer', async () => {
    expect(lind.id).to.equal(john.id);
    expectRefusal(await host.as(lind).get(`/api/chats/${chatId}`), 'chat_not_found');
  });

  it('knows no chat beyond the largest id, and fails at none', async () => {
    expectRefusal(await host.as(john).get(`/api/chats/${Number.MAX_SAFE_INTEGER}`), 'chat_not_found');
  });

  for (const id of [
    '0',
    '-1',
    '1.0',
    '1e0',
    '0x1',
    'abc',
    '01',
    '%00',
    '1%00',
    '9007199254740992',
    '9'.repeat(40),
    '%ff',
  ]) {
    it(`answers 400 to the id ${id.slice(0, 20)}`, async () => {
      expectRefusal(await host.as(john).get(`/api/chats/${id}`), 'invalid_request');
    });
  }

  it('answers 401 without a token, whoever asks for whatever', async () => {
    expectRefusal(await host.as(null).get(`/api/chats/${chatId}`), 'token_missing');
    expectRefusal(await host.as(null).get('/api/chats/4711'), 'token_missing');
  });
});

function headersOf({ headers }: { headers: Headers }): Record<string, string> {
  const { date: _, ...rest } = Object.fromEntries(headers);
  return rest;
}
