import { expect } from 'chai';
import type { DomainEvents } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { isoUtc } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { messageOf, sendDoors } from './send-doors.js';
import type { Sent } from './send-doors.js';

const { john, mary, nia, smith } = people;

describe('sending a message', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await startChat(host, mary);
    await startChat(host, nia);
  });

  after(() => host.close());

  it('answers POST with 201 in just the shape of the document', async () => {
    const { status, body } = await host
      .as(john)
      .post<Sent>(`/api/chats/${chatId}/messages`, { content: 'Here is my progress photo' });
    expect(status).to.equal(201);
    expect(body.id).to.be.a('number').above(0);
    expect(body.createdAt).to.match(isoUtc);
    expect(body).to.deep.equal({
      id: body.id,
      senderType: 'customer',
      senderId: john.id,
      content: 'Here is my progress photo',
      imageUrls: [],
      createdAt: body.createdAt,
      isRead: false,
    });
  });

  it('answers message:send with an ack that has the message', async () => {
    const socket = await host.connect(smith);
    const ack = await ask<{ message: Sent }>(socket, 'message:send', {
      sessionId: chatId,
      content: 'Hello!',
      imageUrls: [],
      clientMessageId: 'a-1',
    });
    expect(ack.message.createdAt).to.match(isoUtc);
    expect(ack).to.deep.equal({
      ok: true,
      message: {
        id: ack.message.id,
        sessionId: chatId,
        senderType: 'dentist',
        senderId: smith.id,
        content: 'Hello!',
        imageUrls: [],
        createdAt: ack.message.createdAt,
        isRead: false,
        clientMessageId: 'a-1',
      },
    });
  });

  it("gives the host's own code the message", async () => {
    const message = await host.chat.messages.send(smith, { chatId, content: 'From the host' });
    expect(message).to.deep.equal({
      id: message.id,
      chatId,
      senderType: 'dentist',
      senderId: smith.id,
      content: 'From the host',
      images: [],
      createdAt: message.createdAt,
      isRead: false,
      readAt: null,
    });
  });

  for (const door of sendDoors) {
    describe(`through ${door.name}`, () => {
      it("tells every socket in the room, the sender's own included, and no other", async () => {
        const room = await Promise.all([john, john, smith].map((person) => host.connect(person)));
        const strangers = await Promise.all([mary, nia].map((person) => host.connect(person)));
        const sent = messageOf(await door.send(host, john, chatId, { content: `through ${door.name}` }));
        for (const socket of room) {
          expect(await nextEvent(socket, 'message:new')).to.deep.equal({
            id: sent.id,
            sessionId: chatId,
            senderType: 'customer',
            senderId: john.id,
            content: `through ${door.name}`,
            imageUrls: [],
            createdAt: sent.createdAt,
          });
          await noEvent(socket, 'message:new');
        }
        for (const socket of strangers) await noEvent(socket, 'message:new');
        for (const socket of [...room, ...strangers]) socket.disconnect();
      });

      it('gives the clientMessageId back in the message, in message:new and in pages', async () => {
        const socket = await host.connect(smith);
        const clientMessageId = `id-of-${door.name.replaceAll(' ', '_')}`;
        const sent = messageOf(await door.send(host, john, chatId, { content: 'mine', clientMessageId }));
        expect(sent).to.include({ clientMessageId });
        expect(await nextEvent(socket, 'message:new')).to.include({ id: sent.id, clientMessageId });
        const page = await host.as(smith).get<{ messages: object[] }>(`/api/chats/${chatId}/messages?limit=1`);
        expect(page.body.messages[0]).to.include({ id: sent.id, clientMessageId });
        socket.disconnect();
      });

      it('keeps the text as it is', async () => {
        for (const content of [
          ...[
            '  spaces around  ',
            'line\r\nbreaks\n',
            'Ünïcödé, עברית, 中文',
            '👩🏽‍⚕️🦷',
            '\u202eright to left',
            '\ufeffmark',
          ],
          ...["'; DROP TABLE chat.messages; --", '<script>alert(1)</script>', '{"json":true}', '\\u0000', '$1 %s ${x}'],
          'x'.repeat(10_000),
        ]) {
          const sent = messageOf(await door.send(host, john, chatId, { content }));
          // A form's line breaks are CRLF on the wire, whatever they were.
          const expected = door.name === 'REST with multipart' ? content.replaceAll(/\r\n|\n/g, '\r\n') : content;
          expect(sent.content).to.equal(expected);
          const { messages } = await host.chat.messages.list(smith, { chatId, limit: 1 });
          expect(messages[0]).to.include({ id: sent.id, content: expected });
        }
      });

      it("is one event for the host's own code, after commit", async () => {
        const heard: { event: DomainEvents['message:sent']; rows: Promise<unknown[]> }[] = [];
        const listener = (event: DomainEvents['message:sent']): void => {
          const rows = host.database.query('SELECT content FROM chat.messages WHERE id = $1', [event.message.id]);
          heard.push({ event, rows });
        };
        host.chat.on('message:sent', listener);
        const { id } = messageOf(await door.send(host, john, chatId, { content: 'heard' }));
        host.chat.off('message:sent', listener);
        expect(heard.map(({ event: { message, members } }) => [message.id, message.content, members])).to.deep.equal([
          [id, 'heard', { chatId, customerId: john.id, dentistId: smith.id }],
        ]);
        expect(await heard[0]?.rows).to.deep.equal([{ content: 'heard' }]);
      });
    });
  }

  it('moves the chat to the front, with the message as its last', async () => {
    const sent = messageOf(await sendDoors[0]?.send(host, john, chatId, { content: 'the newest' }));
    const [first] = (await host.chat.chats.list(smith)).chats;
    expect(first).to.deep.include({
      id: chatId,
      lastMessage: { content: 'the newest', createdAt: sent.createdAt, senderType: 'customer' },
      updatedAt: sent.createdAt,
    });
  });
});
