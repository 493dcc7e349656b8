import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import type { DirectoryFactory } from '../../lib/directory/directory.js';
import { sqlDirectory, type Directory, type DirectoryContext } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { hostTables, people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, mary, smith } = people;

describe('what happens while the directory does not say who is whose dentist', () => {
  let host: ChatHost;
  let chatId: number;
  let smiths: Socket;
  let isAway = false;
  let refused = 0;

  const inner = sqlDirectory(hostTables) as DirectoryFactory;
  const directory = Object.assign(
    (context: DirectoryContext): Directory => {
      const known = inner(context);
      return {
        ...known,
        async findAssignments(customerIds) {
          if (!isAway) return known.findAssignments?.(customerIds) ?? [];
          refused += 1;
          throw new Error('the directory is away');
        },
      };
    },
    { findsByLogin: inner.findsByLogin ?? [] },
  );

  before(async () => {
    host = await startChatHost({ directory, realtime: { offlineGraceMs: 0 } });
    chatId = await startChat(host, john);
    await startChat(host, mary);
  });
  after(() => host.close());

  beforeEach(async () => {
    smiths = await host.connect(smith);
  });
  afterEach(() => {
    smiths.disconnect();
    isAway = false;
  });

  async function goAway(): Promise<void> {
    isAway = true;
    // Whatever was remembered counts no more.
    expect((await host.as(smith).get(`/api/chats/${chatId}`)).status).to.equal(503);
    refused = 0;
  }

  const isMissed = () => until('the directory was asked in vain', async () => refused > 1);

  it('is told once it does: who has gone', async () => {
    const johns = await host.connect(john);
    await nextEvent(smiths, 'user:online');
    await goAway();
    johns.disconnect();
    await isMissed();
    isAway = false;
    expect(await nextEvent(smiths, 'user:offline')).to.include({ userId: john.id });
  });

  it('is told once it does, unless it is so no more', async () => {
    const johns = await host.connect(john);
    await nextEvent(smiths, 'user:online');
    await goAway();
    johns.disconnect();
    await isMissed();
    const other = '00000000-0000-4000-8000-000000000001';
    await host.database.query(`INSERT INTO chat.processes VALUES ('${other}', now() + interval '1 minute')`);
    await host.database.query(`INSERT INTO chat.presence VALUES ('customer', ${john.id}, '${other}')`);
    isAway = false;
    // Said behind it.
    await host.connect(mary);
    await nextEvent(smiths, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
    await noEvent(smiths, 'user:offline');
  });

  it('is told once it does: what was read, and that the chat was closed, in this order', async () => {
    const [message] = await say(host, smith, chatId, 'Does it still hurt?');
    await goAway();
    await host.chat.messages.markRead(john, { chatId, messageId: message?.id ?? 0 });
    await host.chat.chats.close(chatId);
    await isMissed();
    const told: string[] = [];
    smiths.onAny((name: string) => told.push(name));
    isAway = false;
    expect(await nextEvent(smiths, 'chat:updated')).to.include({ status: 'closed' });
    expect(told).to.deep.equal(['message:read_receipt', 'chat:updated']);
  });
});
