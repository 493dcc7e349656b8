import { expect } from 'chai';
import type { ChatClient } from '../../lib/client/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { clientOf, conversation, open, shownTexts, shows, until } from './client-of.js';

describe('the chat client shows every message once, in order', () => {
  let host: ChatHost;
  let chatId: number;
  let clients: ChatClient[];
  /** Requests for pages wait for this while a test wants them to. */
  let gate: Promise<void> | undefined;

  beforeEach(async () => {
    gate = undefined;
    clients = [];
    const prepare: NonNullable<Parameters<typeof startChatHost>[1]>['prepare'] = (app) => {
      app.use(async (ctx, next) => {
        if (ctx.path.endsWith('/messages')) await gate;
        await next();
      });
    };
    host = await startChatHost({}, { prepare });
    chatId = await startChat(host, people.john);
  });
  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await host.close();
  });

  const connect = async (person: (typeof people)[keyof typeof people]): Promise<ChatClient> => {
    const client = await clientOf(host, person);
    clients.push(client);
    return client;
  };

  it('begins with the newest and adds older pages', async () => {
    const said = texts(75, 'line');
    await say(host, people.john, chatId, ...said);
    const smith = await connect(people.smith);
    smith.openChat(chatId);
    await until(smith, ({ conversations }) => conversations.get(chatId)?.phase === 'ready');
    expect(conversation(smith, chatId).hasOlder).to.equal(false);
    expect(shownTexts(smith, chatId)).to.deep.equal(said);
    expect(conversation(smith, chatId).firstUnreadId).to.equal(conversation(smith, chatId).messages[0]?.id);

    const john = await connect(people.john);
    await open(john, chatId);
    expect(shownTexts(john, chatId)).to.deep.equal(said.slice(45));
    await john.loadOlder(chatId);
    await john.loadOlder(chatId);
    expect(shownTexts(john, chatId)).to.deep.equal(said);
    expect(conversation(john, chatId).hasOlder).to.equal(false);
  });

  it('catches up with hundreds of messages after it was away', async () => {
    const smith = await connect(people.smith);
    await say(host, people.john, chatId, 'before');
    await open(smith, chatId);
    smith.disconnect();
    const missed = texts(230, 'missed');
    await say(host, people.john, chatId, ...missed);
    smith.connect();
    await until(smith, shows(chatId, 'missed 230'));
    expect(shownTexts(smith, chatId)).to.deep.equal(['before', ...missed]);
  });

  it('shows no live message before those it has still to fetch', async () => {
    const smith = await connect(people.smith);
    await say(host, people.john, chatId, 'one');
    await open(smith, chatId);
    smith.disconnect();
    await say(host, people.john, chatId, 'two');

    let letGo = (): void => undefined;
    gate = new Promise((resolve) => (letGo = resolve));
    smith.connect();
    await until(smith, ({ connection }) => connection.status === 'online');
    await say(host, people.john, chatId, 'three');
    // The list shows it, so the live event has come.
    await until(smith, ({ chatList }) => chatList.chats[0]?.lastMessage?.content === 'three');
    expect(shownTexts(smith, chatId)).to.deep.equal(['one']);

    letGo();
    await until(smith, shows(chatId, 'three'));
    expect(shownTexts(smith, chatId)).to.deep.equal(['one', 'two', 'three']);
  });

  it('finds a message that no event told of', async () => {
    const smith = await connect(people.smith);
    await say(host, people.john, chatId, 'one');
    await open(smith, chatId);
    // A process that can't reach this one's sockets stands for one that ended between commit and broadcast.
    const other = await startChatHost({}, { database: host.database, tokens: host.tokens });
    await say(other, people.john, chatId, 'untold');
    await other.close();

    smith.disconnect();
    smith.connect();
    await until(smith, shows(chatId, 'untold'));
    expect(shownTexts(smith, chatId)).to.deep.equal(['one', 'untold']);
  });

  it('keeps two devices of each person alike, however they write at once', async () => {
    const devices = [
      await connect(people.john),
      await connect(people.john),
      await connect(people.smith),
      await connect(people.smith),
    ];
    for (const device of devices) await open(device, chatId);
    devices.forEach((device, index) => texts(10, `device ${index}`).forEach((text) => device.send(chatId, text)));
    for (const device of devices) {
      await until(device, ({ conversations, outbox }) => {
        return conversations.get(chatId)?.messages.length === 40 && outbox.length === 0;
      });
    }
    const [first, ...others] = devices.map((device) => shownTexts(device, chatId));
    for (const other of others) expect(other).to.deep.equal(first);
    // Each device's own stay in the order of writing.
    for (const index of devices.keys()) {
      const own = first?.filter((text) => text.startsWith(`device ${index}`));
      expect(own).to.deep.equal(texts(10, `device ${index}`));
    }
  });
});
