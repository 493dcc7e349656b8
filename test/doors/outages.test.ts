import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectAckRefusal, expectRefusal, expectRejection, refusal } from '../support/expectations.js';
import { makeHostTables, people } from '../support/host-tables.js';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { startProxy } from '../support/tcp-proxy.js';
import type { ProxyMood, TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

const { john, mary, smith } = people;

describe('while the database is away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: ChatHost;
  let chatId: number;
  let socket: Socket;

  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
    proxy = await startProxy(database);
    const limits = { acquireTimeoutMs: 500, statementTimeoutMs: 500 };
    host = await startChatHost({ database: { url: proxy.url, ...limits } }, { database });
    chatId = await startChat(host, john);
    socket = await host.connect(john);
    // Known to the directory's cache, so that it is the module's own statements that fail.
    await host.as(mary).get('/api/chats');
    await host.as(smith).get('/api/chats');
  });

  after(async () => {
    await host.close();
    await proxy.close();
    await database.drop();
  });

  afterEach(() => proxy.turn('up'));

  for (const mood of ['cut', 'hanging'] satisfies readonly ProxyMood[]) {
    it(`answers 503 to every request, and an ack to every event: ${mood}`, async () => {
      proxy.turn(mood);
      const johns = host.as(john);
      const [answers, acks] = await Promise.all([
        Promise.all([
          johns.get('/api/chats'),
          johns.get(`/api/chats/${chatId}`),
          johns.get(`/api/chats/${chatId}/messages`),
          johns.post(`/api/chats/${chatId}/messages`, { content: 'in the outage' }),
          johns.post(`/api/chats/${chatId}/messages/1/read`),
          johns.post(`/api/chats/${chatId}/read`),
        ]),
        Promise.all([
          ask(socket, 'message:send', { sessionId: chatId, content: 'in the outage' }),
          ask(socket, 'message:read', { sessionId: chatId, messageId: 1 }),
          ask(socket, 'chat:read', { sessionId: chatId }),
        ]),
      ]);
      for (const answer of answers) expectRefusal(answer, 'database_unavailable');
      for (const ack of acks) expectAckRefusal(ack, 'database_unavailable');
      await expectRejection(host.chat.messages.send(john, { chatId, content: 'x' }), 'database_unavailable');

      proxy.turn('up');
      const draft = { content: `after ${mood}`, clientMessageId: `after-${mood}` };
      await until('it is back', async () => (await johns.post(`/api/chats/${chatId}/messages`, draft)).status === 201);
      expect(await nextEvent(socket, 'message:new')).to.include(draft);
      await noEvent(socket, 'message:new');
    });
  }

  it('tells who connects to come back later, and lets them in once it is over', async () => {
    proxy.turn('cut');
    const refused: unknown = await host.connect(mary).catch((error: { data?: unknown }) => error.data);
    // The directory is asked first, where it is not remembered what it has said.
    expect(refused).to.have.property('code').that.is.oneOf(['database_unavailable', 'directory_unavailable']);
    proxy.turn('up');
    await until('it is back', async () => (await host.as(null).get('/health')).status === 200);
    const marys = await host.connect(mary);
    expect(await nextEvent(marys, 'connected')).to.deep.include({ userId: mary.id });
  });

  it('says in the log what happened, and no more than that', () => {
    const warnings = host.log.lines.filter(({ level }) => level === 'warn');
    expect(warnings).to.not.be.empty;
    expect(inspect(host.log.lines, { depth: null })).to.not.include('in the outage');
    expect(inspect(host.log.lines, { depth: null })).to.not.include('eyJ');
  });
});

describe('what nobody has foreseen', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await host.database.query('ALTER TABLE chat.messages RENAME COLUMN content TO was_content');
  });

  after(() => host.close());

  it('is a plain 500, without a stack, SQL or a path', async () => {
    for (const answer of [
      await host.as(john).get('/api/chats'),
      await host.as(john).get(`/api/chats/${chatId}/messages`),
      await host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'a secret' }),
    ]) {
      expect({ status: answer.status, body: answer.body }).to.deep.equal({
        status: 500,
        body: { error: { code: 'internal_error', message: 'Internal error' } },
      });
    }
  });

  it('is just as plain in an ack, and in chat:error', async () => {
    const socket = await host.connect(john);
    const data = { sessionId: chatId, content: 'a secret' };
    expect(await ask(socket, 'message:send', data)).to.deep.equal({ ok: false, error: refusal('internal_error') });
    socket.emit('message:send', data);
    expect(await nextEvent(socket, 'chat:error')).to.deep.equal({
      event: 'message:send',
      error: refusal('internal_error'),
    });
  });

  it("is an internal_error for the host's own code, with its cause", async () => {
    for (const fail of [
      () => host.chat.chats.list(john),
      () => host.chat.messages.list(john, { chatId }),
      () => host.chat.messages.send(john, { chatId, content: 'a secret' }),
    ]) {
      const error: unknown = await fail().catch((thrown: unknown) => thrown);
      expect(error).to.include({ name: 'ChatError', code: 'internal_error' });
      expect(error).to.have.property('cause').that.is.an('error');
      expect(inspect(error, { depth: null, showHidden: true })).to.not.include('a secret');
    }
  });

  it('is in the log with its cause, and without what was sent', () => {
    const failures = host.log.lines.filter(({ level }) => level === 'error');
    expect(failures).to.have.length(8);
    const text = inspect(failures, { depth: null, showHidden: true });
    expect(text).to.include('column').and.to.include('POST /api/chats/:chatId/messages').and.not.include('a secret');
  });
});
