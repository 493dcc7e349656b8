import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ChatClient, ChatClientOptions } from '../../lib/client/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { clientOf, conversation, open, shownTexts, shows, statusOf, swift, until } from './client-of.js';
import { openPhoneLine, type PhoneLine } from './phone-line.js';

describe('the chat client over the line of a phone', () => {
  let host: ChatHost;
  let line: PhoneLine;
  let chatId: number;
  let john: ChatClient;

  const connect = (changes: Partial<ChatClientOptions> = {}): Promise<ChatClient> =>
    clientOf(host, people.john, { url: line.url, timing: swift, ...changes });
  const portOf = ({ server }: ChatHost): number => (server.address() as AddressInfo).port;
  /** All that the service has, in its order. */
  const history = async (): Promise<string[]> =>
    (await host.chat.messages.list(people.smith, { chatId, limit: 100 })).messages.map(({ content }) => content);
  const allSent = (client: ChatClient): Promise<void> => until(client, ({ outbox }) => outbox.length === 0);

  beforeEach(async () => {
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } });
    line = await openPhoneLine(portOf(host));
    chatId = await startChat(host, people.john);
    john = await connect();
    await open(john, chatId);
  });
  afterEach(async () => {
    john.disconnect();
    await line.close();
    await host.close();
  });

  it('opens the chat that it has started without hearing of it', async () => {
    const mary = await clientOf(host, people.mary, { url: line.url, timing: swift });
    line.loseAnswers(Infinity);
    const outcome: unknown = await mary.startChat().catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'unreachable');
    line.loseAnswers(0);
    const [started] = (await host.chat.chats.list(people.mary)).chats;
    expect(await mary.startChat()).to.equal(started?.id);
    await until(mary, ({ chatList }) => chatList.chats.some(({ id }) => id === started?.id));
    mary.disconnect();
  });

  it('sends once, and in order, what it wrote into a silence', async () => {
    line.silence();
    const written = texts(3, 'from the tunnel');
    for (const text of written) john.send(chatId, text);
    await say(host, people.smith, chatId, 'meanwhile, outside');
    // The service answers nothing: the client lets go of a line that is dead, without waiting for the line to say so.
    await until(john, ({ connection }) => connection.status === 'connecting');
    await until(john, ({ outbox }) => outbox.every(({ status }) => status === 'waiting'));
    expect(await history()).to.deep.equal(['meanwhile, outside']);

    line.restore();
    await allSent(john);
    expect(await history()).to.deep.equal(['meanwhile, outside', ...written]);
    expect(shownTexts(john, chatId)).to.deep.equal(await history());
  });

  it('makes no second message of one whose answer was lost, each time anew', async () => {
    const written = texts(8, 'unanswered');
    for (const [index, text] of written.entries()) {
      line.loseAnswers(1);
      john.send(chatId, text);
      await until(john, shows(chatId, text));
      expect(line.answersLost).to.equal(index + 1);
    }
    expect(await history()).to.deep.equal(written);
    expect(shownTexts(john, chatId)).to.deep.equal(written);
  });

  it('makes one message of pictures whose answer was lost', async function () {
    this.timeout(30_000);
    const picture = new Blob([await readFile(new URL('../../host-example/demo/photos/case.jpg', import.meta.url))]);
    line.loseAnswers(1);
    john.send(chatId, 'twice uploaded, once sent', [picture]);
    await until(john, shows(chatId, 'twice uploaded, once sent'), 25_000);
    expect(line.answersLost).to.equal(1);
    expect(await history()).to.deep.equal(['twice uploaded, once sent']);
  });

  it('goes on with the service after a restart, and with what was said meanwhile', async () => {
    john.send(chatId, 'before');
    await until(john, shows(chatId, 'before'));
    const { database, tokens } = host;
    const next = await startChatHost({ realtime: { offlineGraceMs: 0 } }, { database, tokens });
    try {
      line.cut();
      await until(john, ({ connection }) => connection.status === 'connecting');
      john.send(chatId, 'during');
      await say(next, people.smith, chatId, 'from the new process');
      line.lead(portOf(next));
      line.restore();
      await allSent(john);
      await until(john, shows(chatId, 'from the new process'));
      expect(shownTexts(john, chatId)).to.deep.equal(await history());
    } finally {
      john.disconnect();
      await next.close();
    }
  });

  it('learns what was read, and what was closed, while it was away', async () => {
    await say(host, people.john, chatId, 'one', 'two');
    const phone = await connect();
    await open(phone, chatId);
    line.cut();
    await until(phone, ({ connection }) => connection.status === 'connecting');
    await host.chat.messages.markRead(people.smith, { chatId });
    await host.chat.chats.close(chatId);
    line.restore();
    await until(phone, () => conversation(phone, chatId).messages.every(({ isRead }) => isRead));
    expect(conversation(phone, chatId).details?.status).to.equal('closed');
    phone.disconnect();
  });

  it('tells what it has seen once it can', async () => {
    const [said] = await say(host, people.smith, chatId, 'seen in the tunnel');
    await until(john, shows(chatId, 'seen in the tunnel'));
    line.cut();
    await until(john, ({ connection }) => connection.status === 'connecting');
    john.markRead(chatId, said?.id ?? 0);
    expect(john.getSnapshot().chatList.chats[0]?.unreadCount).to.equal(0);
    line.restore();
    await until(john, () => conversation(john, chatId).messages.every(({ isRead }) => isRead));
    const { chats } = await host.chat.chats.list(people.john);
    expect(chats[0]?.unreadCount).to.equal(0);
    expect(john.getSnapshot().chatList.chats[0]?.unreadCount).to.equal(0);
  });

  it('asks for one new token, however many were refused the old one', async () => {
    const ends = Math.floor(Date.now() / 1_000) - 5;
    const expired = host.tokens.cognitoAccess(people.john.login, { claims: { exp: ends } });
    const asked: (string | undefined)[] = [];
    const phone = await connect({
      getToken: async (refused) => {
        asked.push(refused);
        return refused === undefined ? expired : (host.tokenOf(people.john) ?? '');
      },
    });
    await open(phone, chatId);
    phone.send(chatId, 'with a new token');
    await until(phone, shows(chatId, 'with a new token'));
    expect(asked).to.deep.equal([undefined, expired]);
    phone.disconnect();
  });

  it('gives up a message for good, also one that was on its way', async () => {
    line.silence();
    const [regretted, meant] = [john.send(chatId, 'better not'), john.send(chatId, 'this one, yes')];
    expect(statusOf(john, regretted)).to.equal('sending');
    john.discard(regretted);
    expect(john.getSnapshot().outbox.map(({ clientMessageId }) => clientMessageId)).to.deep.equal([meant]);
    line.restore();
    await until(john, shows(chatId, 'this one, yes'));
    expect(await history()).to.deep.equal(['this one, yes']);
  });
});
