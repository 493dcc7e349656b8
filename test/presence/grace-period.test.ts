import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import type { SinonFakeTimers } from 'sinon';
import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, smith } = people;

describe('somebody whose last socket goes', () => {
  let clock: SinonFakeTimers;
  let host: ChatHost;
  let johnsChat: number;
  let smiths: Socket;
  let johns: Socket;
  /** As the module says them, in order. */
  let changes: string[];

  beforeEach(async () => {
    // One connection, opened before time is hurried: opening one has a deadline too.
    host = await startChatHost({ database: { poolSize: 1 } });
    johnsChat = await startChat(host, john);
    await startChat(host, mary);
    changes = [];
    host.chat.on('presence:changed', ({ person: { type, id }, online }) => {
      changes.push(`${type} ${id} ${online ? 'online' : 'offline'}`);
    });
    smiths = await host.connect(smith);
    johns = await host.connect(john);
    await nextEvent(smiths, 'user:online');
    changes = [];
    // Statements have deadlines too: the clock is only ticked while none is under way.
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
  });

  afterEach(async () => {
    clock.restore();
    await host.close();
  });

  /** Resolves once the server knows that the socket went: it then tells Smith that nobody types. */
  async function disconnect(socket: Socket): Promise<void> {
    await ask(socket, 'typing:start', { sessionId: johnsChat });
    socket.disconnect();
    await nextEvent(smiths, 'typing:indicator', ({ isTyping }: { isTyping: boolean }) => !isTyping);
  }

  it('is offline five seconds later', async () => {
    await disconnect(johns);
    clock.tick(4_999);
    // Changes are written one by one: had John been gone, it would have been said before Mary came.
    await host.connect(mary);
    await nextEvent(smiths, 'user:online');
    clock.tick(1);
    expect(await nextEvent(smiths, 'user:offline')).to.deep.equal({
      ...{ sessionId: johnsChat, userId: john.id, userType: 'customer' },
    });
    expect(changes).to.deep.equal(['customer 2 online', 'customer 1 offline']);
  });

  it('is online to those who connect in that time', async () => {
    await disconnect(johns);
    clock.tick(4_999);
    const second = await host.connect(smith);
    expect(await nextEvent(second, 'connected')).to.deep.include({ online: [johnsChat] });
  });

  it('was never gone after coming back in that time', async () => {
    await disconnect(johns);
    clock.tick(4_999);
    const again = await host.connect(john);
    clock.tick(10_000);
    await host.connect(mary);
    await nextEvent(smiths, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
    await noEvent(smiths, 'user:offline');
    await noEvent(smiths, 'user:online');
    expect(changes).to.deep.equal(['customer 2 online']);

    await disconnect(again);
    clock.tick(5_000);
    expect(await nextEvent(smiths, 'user:offline')).to.include({ userId: john.id });
  });

  it('has the whole of that time from each last socket on', async () => {
    await disconnect(johns);
    clock.tick(3_000);
    await disconnect(await host.connect(john));
    clock.tick(4_999);
    await host.connect(mary);
    await nextEvent(smiths, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
    clock.tick(1);
    await nextEvent(smiths, 'user:offline');
    expect(changes).to.deep.equal(['customer 2 online', 'customer 1 offline']);
  });
});
