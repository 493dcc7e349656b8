import { expect } from 'chai';
import { chatError, definePlugin } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { clientOf, swift, until } from './client-of.js';

describe('the list of chats in the chat client', () => {
  let host: ChatHost;
  /** How many more requests for the list fail. */
  let failures = 0;

  before(async () => {
    const troubled = definePlugin({
      name: 'trouble',
      version: '1.0.0',
      hooks: {
        canCall({ operation }) {
          if (operation === 'GET /api/chats' && failures-- > 0) throw chatError('database_unavailable');
        },
      },
    });
    host = await startChatHost({ plugins: [troubled] });
    await startChat(host, people.john);
  });
  after(() => host.close());

  for (const [said, count, isTold] of [
    ['nothing of two failures', 2, false],
    ['that it has failed three times', 3, true],
  ] as const) {
    it(`says ${said}, and is there in the end`, async () => {
      const john = await clientOf(host, people.john, { timing: swift });
      try {
        const phases = new Set<string>();
        john.subscribe(() => phases.add(john.getSnapshot().chatList.phase));
        failures = count;
        john.refreshChats();
        await until(john, () => failures < 0);
        await until(john, ({ chatList }) => chatList.phase === 'ready' && chatList.chats.length === 1);
        expect(phases.has('failed')).to.equal(isTold);
      } finally {
        john.disconnect();
      }
    });
  }
});
