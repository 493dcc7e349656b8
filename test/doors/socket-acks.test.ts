import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import type { ChatErrorCode } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectAckRefusal, refusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, smith } = people;

interface Refused {
  event: string;
  error: { code: ChatErrorCode };
}

describe('a client event', () => {
  let host: ChatHost;
  let chatId: number;
  let socket: Socket;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await startChat(host, mary);
    socket = await host.connect(john);
  });

  after(() => host.close());

  describe('without an ack', () => {
    it('does what it does with one', async () => {
      const smiths = await host.connect(smith);
      const [message] = await say(host, smith, chatId, 'to read');
      socket.emit('message:send', { sessionId: chatId, content: 'no ack' });
      expect(await nextEvent(smiths, 'message:new', isFrom('customer'))).to.include({ content: 'no ack' });
      socket.emit('message:read', { sessionId: chatId, messageId: message?.id });
      expect(await nextEvent(smiths, 'message:read_receipt')).to.include({ messageId: message?.id });
      const [next] = await say(host, smith, chatId, 'to read too');
      socket.emit('chat:read', { sessionId: chatId });
      expect(await nextEvent(smiths, 'message:read_receipt')).to.include({ messageId: next?.id });
      socket.emit('typing:start', { sessionId: chatId });
      expect(await nextEvent(smiths, 'typing:indicator')).to.include({ isTyping: true });
      socket.emit('typing:stop', { sessionId: chatId });
      expect(await nextEvent(smiths, 'typing:indicator')).to.include({ isTyping: false });
      socket.emit('auth:refresh', { token: host.tokenOf(john) });
      await noEvent(socket, 'chat:error');
    });

    const refusals: readonly (readonly [string, () => unknown, ChatErrorCode])[] = [
      ['message:send', () => ({ sessionId: chatId, content: ' ' }), 'message_empty'],
      ['message:send', () => ({ sessionId: chatId, content: 'x'.repeat(10_001) }), 'message_too_long'],
      ['message:send', () => ({ sessionId: chatId + 1, content: 'x' }), 'not_participant'],
      ['message:send', () => ({ sessionId: 4711, content: 'x' }), 'chat_not_found'],
      ['message:send', () => undefined, 'invalid_request'],
      ['message:read', () => ({ sessionId: chatId, messageId: 4711 }), 'message_not_found'],
      ['message:read', () => ({ sessionId: 4711, messageId: 1 }), 'chat_not_found'],
      ['chat:read', () => ({ sessionId: chatId + 1 }), 'chat_not_found'],
      ['typing:start', () => ({ sessionId: chatId + 1 }), 'chat_not_found'],
      ['typing:stop', () => ({ sessionId: 'x' }), 'invalid_request'],
      ['auth:refresh', () => ({ token: 'nonsense' }), 'token_invalid'],
      ['auth:refresh', () => ({ token: host.tokenOf(smith) }), 'actor_mismatch'],
      ['no:such:event', () => ({}), 'invalid_request'],
    ];
    for (const [event, data, code] of refusals) {
      it(`is refused with chat:error: ${event} with ${code}`, async () => {
        socket.emit(event, data());
        const refused = await nextEvent<Refused & { error: { details?: object } }>(socket, 'chat:error');
        expect(refused).to.deep.equal({ event, error: refusal(code, refused.error.details) });
      });

      it(`is refused in the ack alone where there is one: ${event} with ${code}`, async () => {
        expectAckRefusal(await ask(socket, event, data()), code);
        await noEvent(socket, 'chat:error');
      });
    }

    it('is named in chat:error in no more than a hundred characters', async () => {
      socket.emit('x'.repeat(5_000), {});
      const { event } = await nextEvent<Refused>(socket, 'chat:error');
      expect(event).to.equal('x'.repeat(100));
    });
  });

  it('is refused whatever strange thing comes, and the socket carries on', async () => {
    const strange: readonly unknown[][] = [
      [],
      [null],
      [1],
      ['text'],
      [[]],
      [[{ sessionId: chatId, content: 'x' }]],
      [Buffer.from('binary')],
      [{ sessionId: Buffer.from('binary'), content: Buffer.from('binary') }],
      [{ sessionId: { valueOf: 1 }, content: 'x' }],
      [JSON.parse('{"__proto__":{"sessionId":1,"content":"x"}}')],
      [{ sessionId: String(chatId), content: 'x' }],
      [{ chatId, content: 'x' }],
      [{ sessionId: chatId, content: 'x', imageUrls: 'x' }],
      [{ sessionId: chatId, content: 'x', imageUrls: [1] }],
      [{ sessionId: chatId, content: 'x', imageUrls: { length: 1 } }],
    ];
    for (const args of strange) {
      for (const event of ['message:send', 'message:read', 'chat:read', 'typing:start', 'auth:refresh']) {
        const isRead = event === 'chat:read' || event.startsWith('typing');
        // These ask for a chat alone, and it is there.
        if (isRead && (args[0] as { sessionId?: unknown } | null | undefined)?.sessionId === chatId) continue;
        expectAckRefusal(await ask(socket, event, ...args), 'invalid_request');
      }
    }
    for (const event of ['connection', 'constructor', '__proto__', 'toString', 'connected', 'message:new', '']) {
      expectAckRefusal(await ask(socket, event, {}), 'invalid_request');
    }
    expect(socket.connected).to.equal(true);
    expect(await ask(socket, 'message:send', { sessionId: chatId, content: 'carrying on' })).to.include({ ok: true });
    expect(host.log.lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
  });

  it('may bring more than it needs', async () => {
    const data = { sessionId: chatId, content: 'more', more: { than: ['needed'] } };
    expect(await ask(socket, 'message:send', data, 'and', { a: 'further argument' })).to.include({ ok: true });
  });

  it('that is too large ends its own socket, and no other', async () => {
    const other = await host.connect(john);
    other.emit('message:send', { sessionId: chatId, content: 'x'.repeat(200_000) });
    await nextEvent(other, 'disconnect');
    expect(await ask(socket, 'typing:stop', { sessionId: chatId })).to.deep.equal({ ok: true });
  });
});

function isFrom(type: string): (message: { senderType: string }) => boolean {
  return ({ senderType }) => senderType === type;
}
