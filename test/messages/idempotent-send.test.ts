import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { messageOf, sendDoors } from './send-doors.js';

const { john, mary, nia, smith } = people;

describe('a message that is sent again with its clientMessageId', () => {
  let host: ChatHost;
  let chatId: number;
  let other: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    other = await startChat(host, mary);
    await startChat(host, nia);
  });

  after(() => host.close());

  async function rowsOf(clientMessageId: string): Promise<number[]> {
    const sql = 'SELECT id FROM chat.messages WHERE client_message_id = $1 ORDER BY id';
    return (await host.database.query<{ id: string }>(sql, [clientMessageId])).map(({ id }) => Number(id));
  }

  for (const first of sendDoors) {
    for (const second of sendDoors) {
      it(`is the first message, through ${first.name} and then through ${second.name}`, async () => {
        const draft = { content: 'once', clientMessageId: `${sendDoors.indexOf(first)}-${sendDoors.indexOf(second)}` };
        const sent = messageOf(await first.send(host, john, chatId, draft));
        expect(await second.send(host, john, chatId, draft)).to.deep.equal({ message: sent });
        expect(await rowsOf(draft.clientMessageId)).to.deep.equal([sent.id]);
      });
    }

    it(`is refused with another text, through ${first.name}`, async () => {
      const draft = { content: 'the text', clientMessageId: `another-text-${sendDoors.indexOf(first)}` };
      const sent = messageOf(await first.send(host, john, chatId, draft));
      for (const content of ['another text', 'the text ', 'The text']) {
        const outcome = await first.send(host, john, chatId, { ...draft, content });
        expect(outcome).to.deep.equal({ code: 'idempotency_conflict' });
      }
      expect(await first.send(host, john, chatId, draft)).to.deep.equal({ message: sent });
      expect(await rowsOf(draft.clientMessageId)).to.deep.equal([sent.id]);
    });
  }

  it('is refused with 409 over REST', async () => {
    const path = `/api/chats/${chatId}/messages`;
    const clientMessageId = 'conflict';
    expect((await host.as(john).post(path, { content: 'a', clientMessageId })).status).to.equal(201);
    expectRefusal(await host.as(john).post(path, { content: 'b', clientMessageId }), 'idempotency_conflict');
    expectRefusal(
      await host.as(john).post(path, { content: 'b' }, { 'Idempotency-Key': clientMessageId }),
      'idempotency_conflict',
    );
  });

  it('is one message where body and header say the same', async () => {
    const body = { content: 'both', clientMessageId: 'in-both' };
    const path = `/api/chats/${chatId}/messages`;
    const one = await host.as(john).post(path, body, { 'Idempotency-Key': 'in-both' });
    expect(one.status).to.equal(201);
    expect((await host.as(john).post(path, body)).body).to.deep.equal(one.body);
  });

  it('is one row and one broadcast, however many come at once through all doors', async () => {
    const socket = await host.connect(smith);
    const draft = { content: 'at once', clientMessageId: 'at-once' };
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => sendDoors.map((door) => door.send(host, john, chatId, draft))).flat(),
    );
    const sent = messageOf(outcomes[0]);
    for (const outcome of outcomes) expect(outcome).to.deep.equal({ message: sent });
    expect(await rowsOf('at-once')).to.deep.equal([sent.id]);
    expect(await nextEvent(socket, 'message:new')).to.include({ id: sent.id });
    await noEvent(socket, 'message:new');
  });

  it('is one row and one broadcast where texts differ at once: the first wins, the others conflict', async () => {
    const socket = await host.connect(smith);
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        sendDoors.map((door) => door.send(host, john, chatId, { content: `text ${index}`, clientMessageId: 'race' })),
      ).flat(),
    );
    const [id] = await rowsOf('race');
    expect(await rowsOf('race')).to.have.length(1);
    const won = outcomes.filter((outcome) => 'message' in outcome).map(messageOf);
    expect(won).to.have.length(sendDoors.length);
    expect(new Set(won.map((message) => `${message.id} ${message.content}`)).size).to.equal(1);
    expect(won[0]).to.include({ id });
    for (const outcome of outcomes) {
      if ('code' in outcome) expect(outcome.code).to.equal('idempotency_conflict');
    }
    await nextEvent(socket, 'message:new', ({ id: received }: { id: number }) => received === id);
    await noEvent(socket, 'message:new');
  });

  it('is told to nobody a second time', async () => {
    const draft = { content: 'told once', clientMessageId: 'told-once' };
    const socket = await host.connect(smith);
    for (const door of sendDoors) await door.send(host, john, chatId, draft);
    expect(await nextEvent(socket, 'message:new')).to.include({ content: 'told once' });
    await noEvent(socket, 'message:new');
  });

  it('shows what has become of it since', async () => {
    const draft = { content: 'read since', clientMessageId: 'read-since' };
    const [door] = sendDoors;
    const sent = messageOf(await door?.send(host, john, chatId, draft));
    await host.chat.messages.markRead(smith, { chatId, messageId: sent.id });
    expect(await door?.send(host, john, chatId, draft)).to.deep.equal({ message: { ...sent, isRead: true } });
  });

  it('is another message from another sender and in another chat', async () => {
    const draft = { content: 'shared', clientMessageId: 'shared' };
    const [door] = sendDoors;
    const sent = [
      messageOf(await door?.send(host, john, chatId, draft)),
      messageOf(await door?.send(host, smith, chatId, draft)),
      messageOf(await door?.send(host, smith, other, draft)),
      messageOf(await door?.send(host, mary, other, draft)),
    ];
    expect(new Set(sent.map(({ id }) => id)).size).to.equal(4);
  });

  it('is nothing to a stranger who knows the id', async () => {
    const draft = { content: 'secret', clientMessageId: 'guessed' };
    const [door] = sendDoors;
    messageOf(await door?.send(host, john, chatId, draft));
    expect(await door?.send(host, mary, chatId, draft)).to.deep.equal({ code: 'not_participant' });
  });

  it('is the first message in a chat closed since, where a new one is refused', async () => {
    const draft = { content: 'before closing', clientMessageId: 'before-closing' };
    const sent = messageOf(await sendDoors[0]?.send(host, mary, other, draft));
    await host.chat.chats.close(other);
    for (const door of sendDoors) {
      expect(await door.send(host, mary, other, draft)).to.deep.equal({ message: sent });
      expect(await door.send(host, mary, other, { ...draft, clientMessageId: 'new' })).to.deep.equal({
        code: 'chat_closed',
      });
      expect(await door.send(host, mary, other, { ...draft, content: 'changed' })).to.deep.equal({
        code: 'idempotency_conflict',
      });
    }
  });

  it('is the first message after the module was closed and mounted again', async () => {
    const draft = { content: 'before the restart', clientMessageId: 'restart' };
    const sent = messageOf(await sendDoors[0]?.send(host, john, chatId, draft));
    await host.chat.close();
    await host.chat.mount(host.app, host.server);
    for (const door of sendDoors) expect(await door.send(host, john, chatId, draft)).to.deep.equal({ message: sent });
    expect(await rowsOf('restart')).to.deep.equal([sent.id]);
  });
});
