import { expect } from 'chai';
import type { DomainEvents } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { lockTable } from '../support/table-lock.js';

const { john } = people;

describe('typing in a chat that the database is slow to give', () => {
  let host: ChatHost;
  let chatId: number;
  let changes: boolean[];

  beforeEach(async () => {
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } });
    chatId = await startChat(host, john);
    // A process that has not met the chat yet.
    await host.chat.close();
    await host.chat.mount(host.app, host.server);
    changes = [];
    host.chat.on('typing:changed', ({ isTyping }) => void changes.push(isTyping));
  });

  afterEach(() => host.close());

  it('does not outlive its socket', async () => {
    const socket = await host.connect(john);
    const gone = new Promise<void>((resolve) => {
      const listener = ({ online }: DomainEvents['presence:changed']): void => {
        if (!online) resolve();
      };
      host.chat.on('presence:changed', listener);
    });
    const lock = await lockTable(host.database, 'chat.chats');
    socket.emit('typing:start', { sessionId: chatId });
    socket.disconnect();
    await gone;
    await lock.release();
    // Waits for what is in flight.
    await host.chat.close();
    expect(changes.at(-1)).to.not.equal(true);
  });

  it('ends with a stop that came right behind the start', async () => {
    const socket = await host.connect(john);
    const lock = await lockTable(host.database, 'chat.chats');
    const acks = Promise.all([
      ask(socket, 'typing:start', { sessionId: chatId }),
      ask(socket, 'typing:stop', { sessionId: chatId }),
    ]);
    await lock.release();
    expect(await acks).to.deep.equal([{ ok: true }, { ok: true }]);
    expect(changes.at(-1)).to.not.equal(true);
  });
});
