import { expect } from 'chai';
import { createChatClient, type ChatClient, type ClientSnapshot } from '../../lib/client/index.js';
import { startChatHost, type ChatHost, type Surroundings } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { until as untilSo } from '../support/until.js';
import { clientOf, conversation, open, shows, until } from './client-of.js';

describe('the chat client, live', () => {
  let host: ChatHost;
  let clients: ChatClient[];
  /** The tokens of all REST requests so far. */
  let bearers: string[];

  beforeEach(async () => {
    clients = [];
    bearers = [];
    const prepare: NonNullable<Surroundings['prepare']> = (app) => {
      app.use((ctx, next) => {
        bearers.push(ctx.get('authorization').replace('Bearer ', ''));
        return next();
      });
    };
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } }, { prepare });
  });
  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await host.close();
  });

  const connect = async (...args: Parameters<typeof clientOf> extends [unknown, ...infer Rest] ? Rest : never) => {
    const client = await clientOf(host, ...args);
    clients.push(client);
    return client;
  };
  const unread = ({ chatList }: ClientSnapshot): number | undefined => chatList.chats[0]?.unreadCount;

  it('starts a chat, which the dentist sees without asking', async () => {
    const smith = await connect(people.smith);
    const john = await connect(people.john);
    const chatId = await john.startChat();
    await until(smith, ({ chatList }) => chatList.chats.some(({ id }) => id === chatId));
    expect(john.getSnapshot().chatList.chats.map(({ id }) => id)).to.deep.equal([chatId]);
    expect(await john.startChat()).to.equal(chatId);
  });

  it('counts what is unread, once, on every device, until it is read on one', async () => {
    const chatId = await startChat(host, people.john);
    const [phone, desk] = [await connect(people.smith), await connect(people.smith)];
    await say(host, people.john, chatId, 'one', 'two');
    await until(phone, (snapshot) => unread(snapshot) === 2);
    await until(desk, (snapshot) => unread(snapshot) === 2);

    await open(phone, chatId);
    expect(conversation(phone, chatId).firstUnreadId).to.equal(conversation(phone, chatId).messages[0]?.id);
    const john = await connect(people.john);
    await open(john, chatId);
    phone.markRead(chatId, conversation(phone, chatId).messages.at(-1)?.id ?? 0);
    expect(unread(phone.getSnapshot())).to.equal(0);
    await until(desk, (snapshot) => unread(snapshot) === 0);
    await until(john, () => conversation(john, chatId).messages.every(({ isRead }) => isRead));
  });

  it('puts the chat with the newest message first', async () => {
    const withJohn = await startChat(host, people.john);
    const withMary = await startChat(host, people.mary);
    const smith = await connect(people.smith);
    const order = ({ chatList }: ClientSnapshot): string => chatList.chats.map(({ id }) => id).join();
    expect(order(smith.getSnapshot())).to.equal(`${withMary},${withJohn}`);
    await say(host, people.john, withJohn, 'me first');
    await until(smith, (snapshot) => order(snapshot) === `${withJohn},${withMary}`);
  });

  it('knows who is online, and that what was sent has been delivered', async () => {
    const chatId = await startChat(host, people.john);
    const john = await connect(people.john);
    await open(john, chatId);
    john.send(chatId, 'are you there?');
    await until(john, shows(chatId, 'are you there?'));
    const [message] = conversation(john, chatId).messages;
    expect(conversation(john, chatId).deliveredUpTo).to.equal(0);

    const smith = await connect(people.smith);
    await until(john, ({ online }) => online.has(chatId));
    expect(conversation(john, chatId).deliveredUpTo).to.equal(message?.id);
    smith.disconnect();
    await until(john, ({ online }) => !online.has(chatId));
    expect(conversation(john, chatId).deliveredUpTo).to.equal(message?.id);
  });

  it('tells of typing, and stops with the message', async () => {
    const chatId = await startChat(host, people.john);
    const [john, smith] = [await connect(people.john), await connect(people.smith)];
    await open(smith, chatId);
    john.setTyping(chatId, true);
    await until(smith, ({ typing }) => typing.has(chatId));
    john.send(chatId, 'typed');
    await until(smith, shows(chatId, 'typed'));
    expect(smith.getSnapshot().typing.has(chatId)).to.equal(false);
  });

  it('sees a chat closed and opened again', async () => {
    const chatId = await startChat(host, people.john);
    const john = await connect(people.john);
    await open(john, chatId);
    await host.chat.chats.close(chatId);
    await until(john, () => conversation(john, chatId).details?.status === 'closed');
    await host.chat.chats.reopen(chatId);
    await until(john, () => conversation(john, chatId).details?.status === 'active');
  });

  it('goes on in place with a new token when the old one runs out', async () => {
    const given: string[] = [];
    const getToken = async (): Promise<string> => {
      // Less than a minute to live: the service warns at half of it.
      const lifetime = given.length === 0 ? 4 : 3_600;
      const exp = Math.floor(Date.now() / 1_000) + lifetime;
      given.push(host.tokens.cognitoAccess(people.john.login, { claims: { exp } }));
      return given.at(-1) ?? '';
    };
    const chatId = await startChat(host, people.john);
    const john = await connect(people.john, { getToken });
    await untilSo('a new token was asked for', () => Promise.resolve(given.length === 2));
    await open(john, chatId);
    john.send(chatId, 'still here');
    await until(john, shows(chatId, 'still here'));
    expect(given).to.have.length(2);
  });

  it('uses no token of another person who has signed in meanwhile: it ends', async () => {
    const chatId = await startChat(host, people.john);
    const ofMary = host.tokenOf(people.mary) ?? '';
    let given = 0;
    const getToken = (): string => {
      const exp = Math.floor(Date.now() / 1_000) + 4;
      return given++ === 0 ? host.tokens.cognitoAccess(people.john.login, { claims: { exp } }) : ofMary;
    };
    const john = createChatClient({ url: host.url, getToken });
    clients.push(john);
    john.subscribe(() => {
      // From the moment on at which the other token is there.
      if (given > 1) john.refreshChats();
    });
    john.connect();
    await until(john, ({ connection }) => connection.status === 'refused');
    expect(john.getSnapshot().connection.code).to.equal('actor_mismatch');
    await john.loadOlder(chatId);
    const outcome: unknown = await john.startChat().catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'no_token');
    expect(bearers).not.to.include(ofMary);
  });

  it('says when it is not wanted, and does not try again', async () => {
    const token = host.tokens.cognitoAccess('nobody-here');
    const stranger = createChatClient({ url: host.url, getToken: async () => token });
    stranger.connect();
    await until(stranger, ({ connection }) => connection.status === 'refused');
    expect(stranger.getSnapshot().connection).to.deep.equal({ status: 'refused', code: 'actor_unknown' });
    stranger.disconnect();
  });
});
