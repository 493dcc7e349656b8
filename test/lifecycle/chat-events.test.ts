import { expect } from 'chai';
import type { DomainEventName, DomainEvents } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

describe("a host's listener to chat events", () => {
  const { john, smith } = people;
  let host: ChatHost;
  let chatId: number;
  before(async () => {
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } });
  });
  after(() => host.close());

  /** The next event of the name (that is meant); what the test does comes after this is called. */
  function next<E extends DomainEventName>(
    name: E,
    isMeant: (event: DomainEvents[E]) => boolean = () => true,
  ): Promise<DomainEvents[E]> {
    return new Promise((resolve) => {
      const listener = (event: DomainEvents[E]): void => {
        if (!isMeant(event)) return;
        host.chat.off(name, listener);
        resolve(event);
      };
      host.chat.on(name, listener);
    });
  }

  it('hears of a chat, a message, a receipt and a status, whichever door they came through', async () => {
    const started = next('chat:started');
    chatId = (await host.as(john).post<{ id: number }>('/api/chats/start')).body.id;
    expect((await started).chat).to.include({ id: chatId, status: 'active' });

    const socket = await host.connect(john);
    const sends = {
      HTTP: () => host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'HTTP' }),
      socket: () => socket.emitWithAck('message:send', { sessionId: chatId, content: 'socket' }),
      host: () => host.chat.messages.send(john, { chatId, content: 'host' }),
    };
    for (const [content, send] of Object.entries(sends)) {
      const sent = next('message:sent');
      await send();
      const { message, members } = await sent;
      expect(message).to.include({ chatId, content, senderType: 'customer', senderId: john.id });
      expect(members).to.include({ customerId: john.id, dentistId: smith.id });
    }

    const read = next('message:read');
    await host.as(smith).post(`/api/chats/${chatId}/read`);
    const { receipt, reader } = await read;
    expect(reader).to.include({ type: 'dentist', id: smith.id });
    expect(receipt.messageIds).to.have.lengthOf(3);

    const updated = next('chat:updated');
    await host.chat.chats.close(chatId);
    expect(await updated).to.have.property('status', 'closed');
    await host.chat.chats.reopen(chatId);
    socket.disconnect();
  });

  it('hears who types, and who comes and goes', async () => {
    const isSmith = ({ person }: DomainEvents['presence:changed']): boolean => person.type === smith.type;
    const online = next('presence:changed', isSmith);
    const socket = await host.connect(smith);
    expect(await online).to.deep.equal({ person: { type: 'dentist', id: smith.id }, online: true });
    const typing = next('typing:changed');
    await socket.emitWithAck('typing:start', { sessionId: chatId });
    expect(await typing).to.deep.include({ actor: { type: 'dentist', id: smith.id }, isTyping: true });
    const stopped = next('typing:changed');
    const offline = next('presence:changed', isSmith);
    socket.disconnect();
    expect(await stopped).to.have.property('isTyping', false);
    expect(await offline).to.have.property('online', false);
  });

  it('hears of it after commit', async () => {
    const committed = new Promise<unknown>((resolve, reject) => {
      host.chat.on('message:sent', function once({ message }) {
        host.chat.off('message:sent', once);
        host.database
          .query('SELECT content FROM chat.messages WHERE chat_id = $1 AND id = $2', [message.chatId, message.id])
          .then(resolve, reject);
      });
    });
    await host.chat.messages.send(john, { chatId, content: 'for all to see' });
    expect(await committed).to.deep.equal([{ content: 'for all to see' }]);
  });

  it('hears nothing of what was refused, and of a retry nothing more', async () => {
    const heard: string[] = [];
    const listener = ({ message }: DomainEvents['message:sent']): void => void heard.push(message.content);
    host.chat.on('message:sent', listener);
    const send = (content: string, clientMessageId?: string) =>
      host.as(john).post(`/api/chats/${chatId}/messages`, { content, clientMessageId });
    await send('');
    await host.as(people.mary).post(`/api/chats/${chatId}/messages`, { content: 'from a stranger' });
    await send('once', 'the-same');
    await send('once', 'the-same');
    host.chat.off('message:sent', listener);
    await send('unheard');
    expect(heard).to.deep.equal(['once']);
  });

  it('is given what nobody can change: answers and broadcasts stay as they were', async () => {
    const names = ['message:sent', 'message:read', 'typing:changed', 'presence:changed', 'chat:updated'] as const;
    const thawed: string[] = [];
    const listeners = names.map((name) => {
      const listener = (event: object): void => {
        if (!isFrozen(event)) thawed.push(name);
        heard.add(name);
        change(event);
      };
      host.chat.on(name, listener);
      return () => host.chat.off(name, listener);
    });
    const heard = new Set<string>();
    const [inJohn, inSmith] = [await host.connect(john), await host.connect(smith)];
    // The host's own object, which may be anything that has a type and an id.
    const actor = { ...smith, session: { views: 0 } };

    const { body } = await host.as(john).post<object>(`/api/chats/${chatId}/messages`, { content: 'As I said' });
    expect(body).to.include({ content: 'As I said' });
    expect(await nextEvent(inSmith, 'message:new')).to.include({ content: 'As I said' });
    await inJohn.emitWithAck('typing:start', { sessionId: chatId });
    expect(await nextEvent(inSmith, 'typing:indicator')).to.include({ userId: john.id });
    const receipt = await host.chat.messages.markRead(actor, { chatId });
    expect(await nextEvent(inJohn, 'message:read_receipt')).to.include({ messageId: receipt.messageId });
    await host.chat.chats.close(chatId);
    expect(await nextEvent(inJohn, 'chat:updated')).to.include({ status: 'closed' });
    await host.chat.chats.reopen(chatId);
    for (const end of listeners) end();

    expect([...heard]).to.have.members(names);
    expect(thawed).to.deep.equal([]);
    actor.session.views += 1;
    actor.name = 'Still the host’s own';
    inJohn.disconnect();
    inSmith.disconnect();
  });

  it('may throw or reject: that is logged, and neither the sender nor the sockets notice', async () => {
    const listeners = [
      () => {
        throw new Error('at once');
      },
      () => Promise.reject(new Error('later')),
      // Promises of other libraries are none of Node's own.
      () =>
        ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error('otherwise')) }) as Promise<void>,
    ];
    const socket = await host.connect(smith);
    for (const listener of listeners) host.chat.on('message:sent', listener);
    const sent = await host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'Hello' });
    for (const listener of listeners) host.chat.off('message:sent', listener);
    expect(sent.status).to.equal(201);
    expect(await nextEvent(socket, 'message:new')).to.include({ content: 'Hello' });
    const logged = host.log.lines.filter(({ message }) => message === 'a listener of a chat event failed');
    expect(logged.map(({ fields }) => (fields['err'] as Error).message)).to.have.members([
      'at once',
      'later',
      'otherwise',
    ]);
    expect(logged.every(({ fields }) => fields['event'] === 'message:sent')).to.equal(true);
  });
});

function isFrozen(value: unknown): boolean {
  return !isObject(value) || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
}

/** Empties every text and list, and makes every number another. */
function change(value: object): void {
  for (const [key, inner] of Object.entries(value)) {
    if (isObject(inner)) change(inner);
    else Reflect.set(value, key, typeof inner === 'number' ? 0 : '');
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
