import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import type { NewMessage } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import type { Caller, ChatHost } from '../support/chat-host.js';
import { startChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';
import type { FurtherCustomer } from '../support/more-customers.js';
import { nextEvent } from '../support/socket-client.js';

const { smith } = people;

/** Each chat's customer sends as many, and their dentist too. */
const sendsEach = 25;

describe('200 messages sent at once from many sockets into several chats', () => {
  let host: ChatHost;
  let chats: { id: number; customer: FurtherCustomer }[];
  /** By chat, what each of the receivers was given, in that order. */
  let received: Map<number, NewMessage[][]>;
  let acks: { message: NewMessage }[];

  before(async () => {
    host = await startChatHost();
    const customers = await addCustomers(host, 4);
    chats = await Promise.all(customers.map(async (customer) => ({ id: await startChat(host, customer), customer })));
    const sockets = new Map<Caller, Socket[]>();
    for (const caller of [smith, ...customers]) {
      sockets.set(caller, await Promise.all([host.connect(caller), host.connect(caller)]));
    }

    const sends = chats.flatMap(({ id, customer }) =>
      Array.from({ length: sendsEach }, (_, index) =>
        [customer, smith].map((sender) => {
          const [one, two] = sockets.get(sender) ?? [];
          const socket = index % 2 === 0 ? one : two;
          if (socket === undefined) throw new Error('a socket is missing');
          return ask<{ message: NewMessage }>(socket, 'message:send', {
            sessionId: id,
            content: `${sender.type} ${index}`,
          });
        }),
      ).flat(),
    );
    acks = await Promise.all(sends);

    received = new Map();
    for (const { id, customer } of chats) {
      const receivers = [...(sockets.get(customer) ?? []), ...(sockets.get(smith) ?? [])];
      received.set(id, await Promise.all(receivers.map((socket) => takeAll(socket, id))));
    }
  });

  after(() => host.close());

  async function takeAll(socket: Socket, chatId: number): Promise<NewMessage[]> {
    const taken: NewMessage[] = [];
    while (taken.length < 2 * sendsEach) {
      taken.push(await nextEvent<NewMessage>(socket, 'message:new', ({ sessionId }) => sessionId === chatId));
    }
    return taken;
  }

  it('all arrive', () => {
    expect(acks).to.have.length(200);
    expect(new Set(acks.map(({ message }) => message.id)).size).to.equal(200);
  });

  it('reach every receiver of a chat in strictly ascending order of ids', () => {
    for (const [chatId, lists] of received) {
      for (const list of lists) {
        const ids = list.map(({ id }) => id);
        expect(ids, `chat ${chatId}`).to.deep.equal(ids.toSorted((a, b) => a - b));
        expect(new Set(ids).size).to.equal(2 * sendsEach);
      }
    }
  });

  it('are in the database in the order in which they were seen, at ascending times', async () => {
    for (const [chatId, [seen = []]] of received) {
      const rows = await host.database.query<{ id: string; content: string; early: boolean }>(
        `SELECT id, content, created_at < lag(created_at) OVER (ORDER BY id) AS early
           FROM chat.messages WHERE chat_id = $1 ORDER BY id`,
        [chatId],
      );
      expect(rows.map(({ id, content }) => [Number(id), content])).to.deep.equal(
        seen.map(({ id, content }) => [id, content]),
      );
      expect(rows.some(({ early }) => early)).to.equal(false);
    }
  });

  it('keep the order in which each socket sent them', () => {
    for (const [, [seen = []]] of received) {
      for (const type of ['customer', 'dentist']) {
        for (const parity of [0, 1]) {
          const sent = seen
            .filter(({ senderType }) => senderType === type)
            .map(({ content }) => Number(content.split(' ')[1]))
            .filter((index) => index % 2 === parity);
          expect(sent).to.deep.equal(sent.toSorted((a, b) => a - b));
        }
      }
    }
  });

  it('leave each chat with its newest message as the last', async () => {
    const listed = (await host.chat.chats.list(smith)).chats;
    for (const [chatId, [seen = []]] of received) {
      const newest = seen.at(-1);
      const chat = listed.find(({ id }) => id === chatId);
      expect(chat?.lastMessage).to.deep.equal({
        content: newest?.content,
        createdAt: newest?.createdAt,
        senderType: newest?.senderType,
      });
      expect(chat?.updatedAt).to.equal(newest?.createdAt);
      expect(chat?.unreadCount).to.equal(sendsEach);
    }
  });
});
