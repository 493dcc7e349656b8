import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectAckRefusal, expectRefusal, expectRejection, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, lind, smith } = people;

interface Read {
  readAt: string;
}

describe('marking a message as read', () => {
  let host: ChatHost;
  let chatId: number;
  let otherChat: number;
  let johnsSocket: Socket;
  let smithsSocket: Socket;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    otherChat = await startChat(host, mary);
    johnsSocket = await host.connect(john);
    smithsSocket = await host.connect(smith);
  });

  after(() => host.close());

  async function sayOne(sender: SeededPerson, chat = chatId): Promise<number> {
    const [message] = await say(host, sender, chat, 'to be read');
    if (message === undefined) throw new Error('nothing was sent');
    return message.id;
  }

  async function readAtOf(messageId: number): Promise<string | null | undefined> {
    const { messages } = await host.chat.messages.list(john, { chatId, before: messageId + 1, limit: 1 });
    return messages[0]?.readAt;
  }

  describe('POST /api/chats/:chatId/messages/:messageId/read', () => {
    const path = (messageId: number | string, chat: number | string = chatId): string =>
      `/api/chats/${chat}/messages/${messageId}/read`;

    it('answers 200 in just the shape of the document', async () => {
      const id = await sayOne(smith);
      const { status, body } = await host.as(john).post<Read>(path(id));
      expect(status).to.equal(200);
      expect(body.readAt).to.match(isoUtc);
      expect(body).to.deep.equal({ id, isRead: true, readAt: body.readAt });
      expect(await readAtOf(id)).to.equal(body.readAt);
    });

    it('keeps the first readAt, however often and from wherever it is asked', async () => {
      const id = await sayOne(smith);
      const first = await host.as(john).post<Read>(path(id));
      expect((await host.as(john).post(path(id))).body).to.deep.equal(first.body);
      const ack = await ask<Read>(johnsSocket, 'message:read', { sessionId: chatId, messageId: id });
      expect(ack.readAt).to.equal(first.body.readAt);
      expect((await host.chat.messages.markRead(john, { chatId, messageId: id })).readAt).to.equal(first.body.readAt);
    });

    it('marks that one message', async () => {
      const [before, id, behind] = [await sayOne(smith), await sayOne(smith), await sayOne(smith)];
      await host.as(john).post(path(id));
      expect(await readAtOf(id)).to.match(isoUtc);
      expect(await readAtOf(before)).to.equal(null);
      expect(await readAtOf(behind)).to.equal(null);
    });

    it("answers 403 to the message's own sender", async () => {
      const id = await sayOne(john);
      expectRefusal(await host.as(john).post(path(id)), 'own_message');
      expect(await readAtOf(id)).to.equal(null);
    });

    it('answers 404 where there is no such message in the chat', async () => {
      const elsewhere = await sayOne(smith, otherChat);
      for (const id of [elsewhere, 999_999, Number.MAX_SAFE_INTEGER]) {
        expectRefusal(await host.as(john).post(path(id)), 'message_not_found');
      }
    });

    it('answers 404 to whoever is no participant, just as for a chat that does not exist', async () => {
      const id = await sayOne(smith);
      for (const stranger of [mary, lind]) {
        for (const messageId of [id, 999_999]) {
          const foreign = await host.as(stranger).post(path(messageId));
          const absent = await host.as(stranger).post(path(messageId, 4711));
          expectRefusal(foreign, 'chat_not_found');
          expect(foreign.body).to.deep.equal(absent.body);
        }
      }
      expect(await readAtOf(id)).to.equal(null);
    });

    for (const id of ['0', '-1', 'abc', '1.5', '%00', '9007199254740992', '01']) {
      it(`answers 400 to the message id ${id}, and to the chat id ${id}`, async () => {
        expectRefusal(await host.as(john).post(path(id)), 'invalid_request');
        expectRefusal(await host.as(john).post(path(1, id)), 'invalid_request');
      });
    }

    it('answers 401 without a token', async () => {
      expectRefusal(await host.as(null).post(path(1)), 'token_missing');
    });
  });

  describe('message:read', () => {
    it('answers the ack of the decisions', async () => {
      const id = await sayOne(john);
      const ack = await ask<Read>(smithsSocket, 'message:read', { sessionId: chatId, messageId: id });
      expect(ack.readAt).to.match(isoUtc);
      expect(ack).to.deep.equal({ ok: true, messageId: id, readAt: ack.readAt });
      expect(await readAtOf(id)).to.equal(ack.readAt);
    });

    it('has the refusals of REST', async () => {
      const [own, elsewhere] = [await sayOne(john), await sayOne(smith, otherChat)];
      const read = (data: unknown): Promise<unknown> => ask(johnsSocket, 'message:read', data);
      expectAckRefusal(await read({ sessionId: chatId, messageId: own }), 'own_message');
      expectAckRefusal(await read({ sessionId: chatId, messageId: 999_999 }), 'message_not_found');
      expectAckRefusal(await read({ sessionId: chatId, messageId: elsewhere }), 'message_not_found');
      expectAckRefusal(await read({ sessionId: otherChat, messageId: elsewhere }), 'chat_not_found');
      expectAckRefusal(await read({ sessionId: 4711, messageId: elsewhere }), 'chat_not_found');
      for (const wrong of [0, -1, 1.5, 2 ** 53, '1', null, [1], {}, true, undefined]) {
        expectAckRefusal(await read({ sessionId: chatId, messageId: wrong }), 'invalid_request');
        expectAckRefusal(await read({ sessionId: wrong, messageId: own }), 'invalid_request');
      }
      for (const wrong of [undefined, null, 'x', 1, []]) expectAckRefusal(await read(wrong), 'invalid_request');
    });
  });

  describe('message:read_receipt', () => {
    it('goes to the whole room, from either door, and to nobody else', async () => {
      const stranger = await host.connect(mary);
      const [one, two] = [await sayOne(smith), await sayOne(smith)];
      const overRest = await host.as(john).post<Read>(`/api/chats/${chatId}/messages/${one}/read`);
      const ack = await ask<Read>(johnsSocket, 'message:read', { sessionId: chatId, messageId: two });
      for (const socket of [smithsSocket, johnsSocket]) {
        for (const [messageId, readAt] of [
          [one, overRest.body.readAt],
          [two, ack.readAt],
        ] as const) {
          const receipt = await nextEvent<{ messageId: number }>(
            socket,
            'message:read_receipt',
            (data) => data.messageId === messageId,
          );
          expect(receipt).to.deep.equal({ sessionId: chatId, messageId, messageIds: [messageId], readAt });
        }
      }
      await noEvent(stranger, 'message:read_receipt');
    });

    it('is not repeated for what was read before', async () => {
      const id = await sayOne(smith);
      const isOfIt = ({ messageId }: { messageId: number }): boolean => messageId === id;
      await host.as(john).post(`/api/chats/${chatId}/messages/${id}/read`);
      await nextEvent(smithsSocket, 'message:read_receipt', isOfIt);
      await host.as(john).post(`/api/chats/${chatId}/messages/${id}/read`);
      await ask(johnsSocket, 'message:read', { sessionId: chatId, messageId: id });
      await noEvent(smithsSocket, 'message:read_receipt', isOfIt);
    });
  });

  it("refuses the host's own code the same", async () => {
    const own = await sayOne(john);
    await expectRejection(host.chat.messages.markRead(john, { chatId, messageId: own }), 'own_message');
    await expectRejection(host.chat.messages.markRead(mary, { chatId, messageId: own }), 'chat_not_found');
    await expectRejection(host.chat.messages.markRead(john, { chatId, messageId: 999_999 }), 'message_not_found');
  });

  it("never takes a wrong id from the host's own code for a request to mark everything", async () => {
    const id = await sayOne(smith);
    for (const messageId of [0, -1, 1.5, String(id), null, undefined, [id]]) {
      const input = { chatId, messageId } as { chatId: number; messageId: number };
      await expectRejection(host.chat.messages.markRead(john, input), 'invalid_request');
    }
    expect(await readAtOf(id)).to.equal(null);
  });
});
