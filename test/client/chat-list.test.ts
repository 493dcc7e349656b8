import { expect } from 'chai';
import { chatError, definePlugin } from '../../lib/index.js';
import { startChatHost, type ChatHost, type Surroundings } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';
import { until as eventually } from '../support/until.js';
import { clientOf, swift, until } from './client-of.js';

describe('the list of chats in the chat client', () => {
  let host: ChatHost;
  /** How many more requests for the list fail. */
  let failures = 0;
  let withJohn: number;
  /** Happens when the service has made the list, and before it arrives. */
  let beforeArrival = async (): Promise<void> => undefined;

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
    const prepare: NonNullable<Surroundings['prepare']> = (app) => {
      app.use(async (ctx, next) => {
        await next();
        if (ctx.path === '/api/chats') await beforeArrival();
      });
    };
    host = await startChatHost({ plugins: [troubled] }, { prepare });
    withJohn = await startChat(host, people.john);
  });
  afterEach(() => void (beforeArrival = async () => undefined));
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

  it('is shown to somebody who is written to all the time, with what was missed', async () => {
    const withMary = await startChat(host, people.mary);
    const desk = await host.connect(people.smith);
    let isBusy = true;
    beforeArrival = async () => {
      if (!isBusy) return;
      await say(host, people.john, withJohn, 'and another thing');
      await nextEvent(desk, 'message:new');
    };
    const smith = await clientOf(host, people.smith);
    try {
      smith.disconnect();
      await say(host, people.mary, withMary, 'missed');
      smith.connect();
      await until(smith, ({ chatList }) => chatList.chats.some(({ lastMessage }) => lastMessage?.content === 'missed'));
      isBusy = false;
      const counts = (chats: readonly { readonly id: number; readonly unreadCount: number }[]): string =>
        chats.map(({ id, unreadCount }) => `${id}: ${unreadCount}`).join();
      await eventually('the counts agree', async () => {
        const { chats } = await host.chat.chats.list(people.smith);
        return counts(chats) === counts(smith.getSnapshot().chatList.chats);
      });
    } finally {
      smith.disconnect();
    }
  });
});
