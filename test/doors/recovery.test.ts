import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

const { john, smith } = people;

describe('a client whose network was gone', () => {
  let host: ChatHost;
  let chatId: number;
  let socket: Socket;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    socket = await host.connect(john, { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 10 });
  });

  after(() => host.close());

  it('comes back by itself, as a new connection', async () => {
    await nextEvent(socket, 'connected');
    const { id } = socket;
    socket.io.engine.close();
    await nextEvent(socket, 'disconnect');
    expect(await nextEvent(socket, 'connected')).to.deep.include({ sessions: [chatId] });
    expect(socket.id).to.not.equal(id);
    expect(socket.recovered).to.not.equal(true);
  });

  it('catches up with after, and with nothing twice', async () => {
    const [seen] = await say(host, smith, chatId, 'seen');
    expect(await nextEvent(socket, 'message:new')).to.include({ id: seen?.id });
    const manager = socket.io;
    manager.reconnection(false);
    manager.engine.close();
    await nextEvent(socket, 'disconnect');
    const missed = await say(host, smith, chatId, ...texts(5, 'missed'));
    socket.connect();
    await nextEvent(socket, 'connected');
    const [live] = await say(host, smith, chatId, 'live');

    const { body } = await host
      .as(john)
      .get<{ messages: { id: number }[] }>(`/api/chats/${chatId}/messages?after=${seen?.id}`);
    expect(body.messages.map(({ id }) => id)).to.deep.equal([...missed, live].map((message) => message?.id));
    expect(await nextEvent(socket, 'message:new')).to.include({ id: live?.id });
  });

  it('is given each event with one argument, as clients in other languages expect', async () => {
    const received: unknown[][] = [];
    socket.onAny((_: string, ...args: unknown[]) => received.push(args));
    await say(host, smith, chatId, 'one argument');
    await nextEvent(socket, 'message:new');
    await host.chat.messages.markRead(smith, { chatId });
    await host.chat.messages.markRead(john, { chatId });
    await nextEvent(socket, 'message:read_receipt');
    expect(received).to.have.length(2);
    for (const args of received) expect(args).to.have.length(1);
  });
});
