import { ask } from '../support/ask.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';
import { startTwoHosts, type TwoHosts } from './two-hosts.js';

const { john, smith } = people;

describe('a process that closes beside another', () => {
  let hosts: TwoHosts;
  before(async () => {
    hosts = await startTwoHosts(() => ({ adapter: 'postgres' }));
  });
  after(() => hosts.close());

  it('tells that those who typed there type no more', async () => {
    const { first, second } = hosts;
    const chatId = await startChat(first, john);
    const smiths = await second.connect(smith);
    const johns = await first.connect(john);
    await ask(johns, 'typing:start', { sessionId: chatId });
    await nextEvent(smiths, 'typing:indicator', ({ isTyping }: { isTyping: boolean }) => isTyping);
    await first.chat.close();
    await nextEvent(smiths, 'typing:indicator', ({ isTyping }: { isTyping: boolean }) => !isTyping);
  });
});
