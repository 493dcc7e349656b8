import { expect } from 'chai';
import type { NewMessage } from '../../lib/index.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';
import { itCrossesProcesses } from './crossing.js';
import { startTwoHosts, type TwoHosts } from './two-hosts.js';

const { nia, lind } = people;

describe('the adapter over PostgreSQL', () => {
  let hosts: TwoHosts;
  before(async function () {
    this.timeout(30_000);
    hosts = await startTwoHosts(() => ({ adapter: 'postgres', offlineGraceMs: 50 }));
  });
  after(() => hosts.close());

  itCrossesProcesses(() => hosts);

  it('has its connections back by itself, and has sockets that missed something reconnect', async () => {
    const { first, second, database } = hosts;
    const { id: chatId } = await first.chat.chats.start(nia);
    const reconnecting = { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 50 };
    const lindThere = await second.connect(lind, reconnecting);
    await nextEvent(lindThere, 'connected');
    // Every connection of both processes, the listening ones among them.
    await database.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%stat_activity%'`);
    const { id } = await sendWhenPossible(hosts, chatId, 'while nobody heard');
    await seenBy(lindThere, id, hosts, chatId);
    // And from here on everything is live again.
    const { id: later } = await sendWhenPossible(hosts, chatId, 'heard again');
    await nextEvent<NewMessage>(lindThere, 'message:new', (message) => message.id === later);
  });
});

async function sendWhenPossible({ first }: TwoHosts, chatId: number, content: string): Promise<{ id: number }> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await first.chat.messages.send(nia, { chatId, content });
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

/** Live, or by `after=` once the socket has been told to come again: one of both. */
async function seenBy(
  socket: Parameters<typeof nextEvent>[0],
  id: number,
  { second }: TwoHosts,
  chatId: number,
): Promise<void> {
  const live = nextEvent<NewMessage>(socket, 'message:new', (message) => message.id === id).then(() => 'live');
  const again = nextEvent(socket, 'connected').then(async () => {
    const page = await second.chat.messages.list(lind, { chatId });
    expect(page.messages.map((message) => message.id)).to.include(id);
    return 'caught up';
  });
  live.catch(() => undefined);
  again.catch(() => undefined);
  await Promise.any([live, again]);
}
