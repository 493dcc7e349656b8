import { expect } from 'chai';
import type { Message, MessagePage, PageInput, PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { randomSource } from '../support/random.js';
import { ask } from '../support/ask.js';

const { john, mary, smith } = people;

describe('unread counts', () => {
  let host: ChatHost;

  before(async () => {
    host = await startChatHost();
  });

  after(() => host.close());

  it('equal a recount after any random actions, many of them at once', async () => {
    const random = randomSource();
    const chats = [
      { id: await startChat(host, john), customer: john },
      { id: await startChat(host, mary), customer: mary },
    ];
    const sockets = new Map(
      await Promise.all([john, mary, smith].map(async (one) => [one, await host.connect(one)] as const)),
    );

    for (let round = 0; round < 6; round += 1) {
      const known = await host.database.query<{ chat_id: string; id: string }>('SELECT chat_id, id FROM chat.messages');
      const actions = Array.from({ length: 40 }, async () => {
        const chat = random.pick(chats);
        const actor = random.pick<SeededPerson>([chat.customer, smith]);
        const socket = sockets.get(actor);
        const inChat = known.filter(({ chat_id }) => Number(chat_id) === chat.id);
        const messageId = inChat.length === 0 ? 1 : Number(random.pick(inChat).id);
        if (socket === undefined) throw new Error('nobody is without a socket');
        switch (random.below(6)) {
          case 0:
            return host.as(actor).post(`/api/chats/${chat.id}/messages/${messageId}/read`);
          case 1:
            return ask(socket, 'message:read', { sessionId: chat.id, messageId });
          case 2:
            return random.below(4) === 0
              ? host.as(actor).post(`/api/chats/${chat.id}/read`, { upTo: messageId })
              : ask(socket, 'chat:read', { sessionId: chat.id, upTo: messageId });
          case 3:
            return host.as(actor).post(`/api/chats/${chat.id}/messages`, { content: 'over HTTP' });
          default:
            return ask(socket, 'message:send', { sessionId: chat.id, content: 'over a socket' });
        }
      });
      await Promise.all(actions);
      for (const actor of [john, mary, smith]) {
        const listed = (await host.chat.chats.list(actor)).chats.map(({ id, unreadCount }) => [id, unreadCount]);
        expect(Object.fromEntries(listed), `${random.seed}, round ${round}`).to.deep.equal(await recount(host, actor));
      }
    }
  });
});

/** By reading every page of every chat, as a client could. */
async function recount(host: ChatHost, actor: PersonRef): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id } of (await host.chat.chats.list(actor)).chats) {
    const messages = await readAll(host, actor, id);
    counts[id] = messages.filter(({ senderType, readAt }) => senderType !== actor.type && readAt === null).length;
  }
  return counts;
}

async function readAll(host: ChatHost, actor: PersonRef, chatId: number): Promise<Message[]> {
  const messages: Message[] = [];
  let input: PageInput | undefined = { chatId };
  while (input !== undefined) {
    const page: MessagePage = await host.chat.messages.list(actor, input);
    messages.unshift(...page.messages);
    input = page.nextCursor === null ? undefined : { chatId, before: Number(page.nextCursor) };
  }
  return messages;
}
