import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { expectAckRefusal, expectRefusal, expectRejection, isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, smith } = people;

interface Receipt {
  messageId: number | null;
  messageIds: number[];
  readAt: string | null;
}

const nothing = { messageId: null, messageIds: [], readAt: null };

describe('marking everything up to a message as read', () => {
  let host: ChatHost;
  let chatId: number;
  let johnsSocket: Socket;
  let smithsSocket: Socket;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await startChat(host, mary);
    johnsSocket = await host.connect(john);
    smithsSocket = await host.connect(smith);
  });

  after(() => host.close());

  afterEach(async () => {
    for (const reader of [john, smith]) await host.chat.messages.markRead(reader, { chatId });
  });

  /** Ids of Smith's messages, among messages of John. */
  async function unread(count: number): Promise<number[]> {
    const ids: number[] = [];
    for (const text of texts(count, 'unread')) {
      await say(host, john, chatId, "john's own");
      ids.push(...(await say(host, smith, chatId, text)).map(({ id }) => id));
    }
    return ids;
  }

  /** The ways to ask for it, each as REST answers. */
  const ways: Readonly<Record<string, (body: { upTo?: number } | undefined) => Promise<Receipt>>> = {
    'POST /api/chats/:chatId/read': async (body) => {
      const answer = await host.as(john).post<Receipt>(`/api/chats/${chatId}/read`, body);
      expect(answer.status).to.equal(200);
      return answer.body;
    },
    'chat:read': async (body) => {
      const { ok, ...receipt } = await ask<Receipt & { ok: true }>(johnsSocket, 'chat:read', {
        sessionId: chatId,
        ...body,
      });
      expect(ok).to.equal(true);
      return receipt;
    },
    "the host's own code": async (body) => {
      const { chatId: of, ...receipt } = await host.chat.messages.markRead(john, { chatId, ...body });
      expect(of).to.equal(chatId);
      return { ...receipt, messageIds: [...receipt.messageIds] };
    },
  };

  for (const [name, read] of Object.entries(ways)) {
    describe(name, () => {
      it('marks all of the other side where upTo is left out', async () => {
        const ids = await unread(3);
        for (const body of [undefined, {}]) {
          const receipt = await read(body);
          if (body !== undefined) {
            expect(receipt).to.deep.equal(nothing);
            continue;
          }
          expect(receipt.readAt).to.match(isoUtc);
          expect(receipt).to.deep.equal({ messageId: ids[2], messageIds: ids, readAt: receipt.readAt });
        }
      });

      it('marks up to the message, and that one too', async () => {
        const ids = await unread(4);
        const first = await read({ upTo: ids[1] ?? 0 });
        expect(first.messageIds).to.deep.equal(ids.slice(0, 2));
        const second = await read({ upTo: ids[3] ?? 0 });
        expect(second).to.deep.include({ messageId: ids[3], messageIds: ids.slice(2) });
        expect(second.readAt).to.not.equal(null);
      });

      it("marks up to one's own message, and up to ids beyond the last", async () => {
        const [one = 0, two = 0] = await unread(2);
        expect((await read({ upTo: two - 1 })).messageIds).to.deep.equal([one]);
        expect((await read({ upTo: Number.MAX_SAFE_INTEGER })).messageIds).to.deep.equal([two]);
      });

      it('gives all of them one readAt, and does not touch those read before', async () => {
        const ids = await unread(3);
        const before = await host.chat.messages.markRead(john, { chatId, messageId: ids[1] ?? 0 });
        const receipt = await read(undefined);
        expect(receipt.messageIds).to.deep.equal([ids[0], ids[2]]);
        const { messages } = await host.chat.messages.list(john, { chatId, limit: 6 });
        const readAts = messages.filter(({ senderType }) => senderType === 'dentist').map(({ readAt }) => readAt);
        expect(readAts).to.deep.equal([receipt.readAt, before.readAt, receipt.readAt]);
        const own = messages.filter(({ senderType }) => senderType === 'customer');
        expect(own.every(({ isRead }) => !isRead)).to.equal(true);
      });

      it('tells the room once, with all of them', async () => {
        await read(undefined);
        const ids = await unread(3);
        const receipt = await read(undefined);
        const isOfIt = ({ messageId }: { messageId: number }): boolean => messageId === ids[2];
        for (const socket of [johnsSocket, smithsSocket]) {
          expect(await nextEvent(socket, 'message:read_receipt', isOfIt)).to.deep.equal({
            sessionId: chatId,
            messageId: ids[2],
            messageIds: ids,
            readAt: receipt.readAt,
          });
          await noEvent(socket, 'message:read_receipt', ({ messageIds }: Receipt) =>
            messageIds.some((id) => ids.includes(id)),
          );
        }
      });

      it('tells nobody where nothing was unread', async () => {
        await read(undefined);
        const ids = await unread(1);
        await read(undefined);
        await nextEvent(smithsSocket, 'message:read_receipt', ({ messageId }: Receipt) => messageId === ids[0]);
        expect(await read(undefined)).to.deep.equal(nothing);
        await noEvent(
          smithsSocket,
          'message:read_receipt',
          ({ messageId }: Receipt) => (messageId ?? 0) >= (ids[0] ?? 0),
        );
      });
    });
  }

  it('is refused as the other readings are', async () => {
    const post = (caller: SeededPerson, chat: number, body?: object) =>
      host.as(caller).post(`/api/chats/${chat}/read`, body);
    const foreign = await post(mary, chatId);
    expectRefusal(foreign, 'chat_not_found');
    expect(foreign.body).to.deep.equal((await post(mary, 4711)).body);
    for (const upTo of [0, -1, 1.5, 2 ** 53, '1', true, [1], {}]) {
      expectRefusal(await post(john, chatId, { upTo }), 'invalid_request');
      expectAckRefusal(await ask(johnsSocket, 'chat:read', { sessionId: chatId, upTo }), 'invalid_request');
    }
    expectAckRefusal(await ask(johnsSocket, 'chat:read', { sessionId: 4711 }), 'chat_not_found');
    expectAckRefusal(await ask(johnsSocket, 'chat:read', {}), 'invalid_request');
    expectAckRefusal(await ask(johnsSocket, 'chat:read'), 'invalid_request');
    await expectRejection(host.chat.messages.markRead(mary, { chatId }), 'chat_not_found');
    await expectRejection(host.chat.messages.markRead(john, { chatId, upTo: 0 }), 'invalid_request');
    expectRefusal(await host.as(null).post(`/api/chats/${chatId}/read`), 'token_missing');
  });
});
