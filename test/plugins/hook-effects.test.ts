import { expect } from 'chai';
import { chatError } from '../../lib/index.js';
import { photo } from '../images/support.js';
import { expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent, roundTrip } from '../support/socket-client.js';
import { operations, startHookedHost, type HookedHost } from './hooked-host.js';

describe('hooks of plugins', () => {
  const { john, smith, mary } = people;
  let hooked: HookedHost;
  let chatId: number;
  let messageId: number;
  before(async () => {
    hooked = await startHookedHost();
    ({ chatId, messageId } = hooked);
  });
  afterEach(() => hooked.reset());
  after(() => hooked.close());

  it('may replace what is sent, each what the one before it has made', async () => {
    hooked.set('first', 'beforeSendMessage', (input: { content: string }) => ({
      ...input,
      content: `${input.content} one`,
    }));
    hooked.set('second', 'beforeSendMessage', async (input: { content: string }) => {
      await Promise.resolve();
      return { ...input, content: `${input.content} two` };
    });
    for (const [door, run] of Object.entries(operations.SendMessage)) {
      await run(hooked);
      const event = await nextEvent<{ content: string }>(hooked.sockets.smith, 'message:new', ({ content }) =>
        content.startsWith('Hello one'),
      );
      expect(event.content, door).to.equal('Hello one two');
    }
  });

  it('may not replace where a message goes, who sends it, nor what a retry is known by', async () => {
    const other = await hooked.chat.chats.start(mary);
    hooked.set('first', 'beforeSendMessage', (input: object) => ({
      ...input,
      chatId: other.id,
      senderId: mary.id,
      clientMessageId: 'another',
    }));
    const sent = await hooked.chat.messages.send(john, { chatId, content: 'stays', clientMessageId: 'mine' });
    expect(sent).to.include({ chatId, senderId: john.id, clientMessageId: 'mine' });
    hooked.reset();
    const again = await hooked.chat.messages.send(john, { chatId, content: 'stays', clientMessageId: 'mine' });
    expect(again.id).to.equal(sent.id);
  });

  it('are not asked about the retry of what is written, with a text or with a picture', async () => {
    const drafts = [
      { chatId, content: 'written', clientMessageId: 'written' },
      { chatId, files: [await photo()], clientMessageId: 'written-picture' },
    ];
    for (const draft of drafts) {
      const sent = await hooked.chat.messages.send(john, draft);
      hooked.set('first', 'canSendMessage', () => {
        throw chatError('refused');
      });
      expect((await hooked.chat.messages.send(john, draft)).id).to.equal(sent.id);
      await expectRejection(hooked.chat.messages.send(john, { ...draft, clientMessageId: 'new' }), 'refused');
      hooked.reset();
    }
  });

  it('are held to what a client is held to in what they replace', async () => {
    const wrong: [string, unknown, string][] = [
      ['nothing to say', { content: '  ' }, 'message_empty'],
      ['too much to say', { content: 'x'.repeat(10_001) }, 'message_too_long'],
      ['what no database keeps', { content: 'a\0b' }, 'invalid_request'],
      ['no text', { content: 7 }, 'invalid_request'],
      ['a key of nothing', { imageKeys: ['nowhere'] }, 'image_key_invalid'],
    ];
    for (const [what, change, code] of wrong) {
      hooked.set('first', 'beforeSendMessage', (input: object) => ({ ...input, ...(change as object) }));
      for (const run of Object.values(operations.SendMessage)) {
        expect(await run(hooked), what).to.include({ code });
      }
    }
  });

  it('may replace how much is read, and what is marked', async () => {
    for (let n = 0; n < 3; n += 1) await hooked.chat.messages.send(smith, { chatId, content: `${n}` });
    hooked.set('first', 'beforeReadMessages', (input: object) => ({ ...input, limit: 2 }));
    const page = await hooked.as(john).get<{ messages: unknown[] }>(`/api/chats/${chatId}/messages?limit=50`);
    expect(page.body.messages).to.have.lengthOf(2);
    hooked.set('first', 'beforeReadMessages', (input: object) => ({ ...input, limit: 0 }));
    expect(await operations.ReadMessages.host(hooked)).to.include({ code: 'invalid_request' });

    hooked.set('first', 'beforeMarkRead', () => ({ chatId: 1_000_000, messageId }));
    const receipt = await hooked.chat.messages.markRead(john, { chatId });
    expect(receipt).to.deep.include({ chatId, messageIds: [messageId] });
    hooked.set('first', 'beforeMarkRead', () => ({ chatId, messageId: 'x' }));
    expect(await operations.MarkRead['socket, all'](hooked)).to.include({ code: 'invalid_request' });
  });

  it('hear of a chat that was started, and may refuse it', async () => {
    const started: unknown[] = [];
    hooked.set('first', 'canStartChat', () => {
      throw chatError('refused');
    });
    expect((await hooked.as(people.nia).post('/api/chats/start')).status).to.equal(403);
    hooked.reset();
    hooked.set('first', 'beforeStartChat', () => ({ customerId: john.id, dentistId: smith.id }));
    hooked.set('first', 'afterStartChat', (chat: { id: number }) => void started.push(chat.id));
    const answer = await hooked.as(people.nia).post<{ id: number; customer: { id: number } }>('/api/chats/start');
    expect(answer.body.customer.id).to.equal(people.nia.id);
    expect(started).to.deep.equal([answer.body.id]);
  });

  it('see every call of a person at both doors before it is read, and may refuse it', async () => {
    const calls: unknown[] = [];
    hooked.set('first', 'canCall', (call: object) => void calls.push(call));
    await hooked.as(john).get('/api/chats');
    await hooked.as(john).post(`/api/chats/nonsense/messages`, 'nonsense');
    await hooked.sockets.john.timeout(5_000).emitWithAck('typing:start', 'nonsense');
    await hooked.as(null).get('/health');
    await hooked.as(null).get('/api/chats');
    expect(calls).to.deep.equal([
      { door: 'http', operation: 'GET /api/chats' },
      { door: 'http', operation: 'POST /api/chats/:chatId/messages' },
      { door: 'socket', operation: 'typing:start' },
    ]);

    hooked.set('first', 'canCall', () => Promise.reject(chatError('rate_limited', { retryAfterSeconds: 7 })));
    const limited = await hooked.as(john).get('/api/chats');
    expect(limited.status).to.equal(429);
    expect(limited.headers.get('Retry-After')).to.equal('7');
    expect(await hooked.overSocket('message:send', { sessionId: chatId, content: 'x' })).to.deep.equal({
      code: 'rate_limited',
    });
    hooked.set('first', 'canCall', () => {
      throw new TypeError('oh no');
    });
    expect((await hooked.as(john).get('/api/chats')).status).to.equal(500);
    expect(await hooked.overSocket('typing:start', { sessionId: chatId })).to.deep.equal({ code: 'internal_error' });
    expect(hooked.log.lines.at(-1)?.fields['err']).to.have.property('message', 'plugin "first" failed in canCall');
  });

  it('may keep a person unseen, and hear who comes and goes', async () => {
    const changes: unknown[] = [];
    hooked.set('first', 'afterChangePresence', ({ person, online }: { person: { id: number }; online: boolean }) => {
      changes.push([person.id, online]);
    });
    await hooked.chat.chats.start(mary).catch(() => undefined);
    const inMary = await hooked.connect(mary);
    await nextEvent(hooked.sockets.smith, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
    inMary.disconnect();
    await nextEvent(hooked.sockets.smith, 'user:offline', ({ userId }: { userId: number }) => userId === mary.id);
    expect(changes).to.deep.equal([
      [mary.id, true],
      [mary.id, false],
    ]);

    for (const fail of [
      () => Promise.reject(chatError('refused')),
      () => {
        throw new Error('oh no');
      },
    ]) {
      hooked.set('second', 'canChangePresence', fail);
      const unseen = await hooked.connect(mary);
      await roundTrip(unseen);
      await noEvent(hooked.sockets.smith, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
      unseen.disconnect();
    }
    expect(hooked.log.lines.at(-1)).to.have.nested.property(
      'fields.err.message',
      'plugin "second" failed in canChangePresence',
    );
  });
});
