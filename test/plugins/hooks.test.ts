import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { chatError, type Hooks, type Plugin } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent, roundTrip } from '../support/socket-client.js';

/** What a caller saw of an operation, whichever door it went through: done, or the code of a refusal. */
type Outcome = { readonly done: unknown } | { readonly code: string; readonly status?: number };

describe('hooks', () => {
  const { john, smith, mary } = people;
  const hooks: { first: Hooks; second: Hooks } = { first: {}, second: {} };
  let host: ChatHost;
  let chatId: number;
  let messageId: number;
  let sockets: { john: Socket; smith: Socket };

  /** Hooks that a test sets and {@link afterEach} takes away. All are there, so that every look-up finds some. */
  function switchable(which: 'first' | 'second'): Hooks {
    const names = ['SendMessage', 'ReadMessages', 'MarkRead', 'StartChat', 'ChangePresence'];
    const all = ['canCall', ...names.flatMap((name) => [`can${name}`, `before${name}`, `after${name}`])];
    return Object.fromEntries(
      all.map((name) => [
        name,
        (...args: unknown[]): unknown => {
          const hook = hooks[which][name as keyof Hooks] as ((...given: unknown[]) => unknown) | undefined;
          return hook?.(...args);
        },
      ]),
    );
  }

  before(async () => {
    const plugins: Plugin[] = (['first', 'second'] as const).map((name) => ({
      name,
      version: '1.0.0',
      hooks: switchable(name),
    }));
    host = await startChatHost({ plugins, realtime: { offlineGraceMs: 0 }, directoryCacheSeconds: 0 });
    chatId = (await host.chat.chats.start(john)).id;
    messageId = (await host.chat.messages.send(smith, { chatId, content: 'How are they fitting?' })).id;
    sockets = { john: await host.connect(john), smith: await host.connect(smith) };
  });
  afterEach(() => {
    hooks.first = {};
    hooks.second = {};
  });
  after(() => host.close());

  async function overHttp(path: string, body?: unknown, method: 'get' | 'post' = 'post'): Promise<Outcome> {
    const client = host.as(john);
    const answer = await (method === 'get' ? client.get(path) : client.post(path, body));
    if (answer.status < 300) return { done: answer.body };
    return { code: (answer.body as { error: { code: string } }).error.code, status: answer.status };
  }

  async function overSocket(event: string, data: object): Promise<Outcome> {
    const ack = (await sockets.john.timeout(5_000).emitWithAck(event, data)) as
      | { ok: true }
      | { ok: false; error: { code: string } };
    return ack.ok ? { done: ack } : { code: ack.error.code };
  }

  async function fromHost(work: () => Promise<unknown>): Promise<Outcome> {
    return work().then(
      (done) => ({ done }),
      (error: { code?: string; message: string }) => ({ code: error.code ?? `thrown: ${error.message}` }),
    );
  }

  /** Each operation that can be hooked, through each door that it has. */
  const operations: Record<string, Record<string, () => Promise<Outcome>>> = {
    SendMessage: {
      HTTP: () => overHttp(`/api/chats/${chatId}/messages`, { content: 'Hello' }),
      socket: () => overSocket('message:send', { sessionId: chatId, content: 'Hello' }),
      host: () => fromHost(() => host.chat.messages.send(john, { chatId, content: 'Hello' })),
    },
    ReadMessages: {
      HTTP: () => overHttp(`/api/chats/${chatId}/messages`, undefined, 'get'),
      host: () => fromHost(() => host.chat.messages.list(john, { chatId })),
    },
    MarkRead: {
      HTTP: () => overHttp(`/api/chats/${chatId}/messages/${messageId}/read`),
      'HTTP, all': () => overHttp(`/api/chats/${chatId}/read`),
      socket: () => overSocket('message:read', { sessionId: chatId, messageId }),
      'socket, all': () => overSocket('chat:read', { sessionId: chatId }),
      host: () => fromHost(() => host.chat.messages.markRead(john, { chatId, messageId })),
    },
    StartChat: {
      HTTP: () => overHttp('/api/chats/start'),
      host: () => fromHost(() => host.chat.chats.start(john)),
    },
  };
  const everyWay = Object.entries(operations).flatMap(([point, doors]) =>
    Object.entries(doors).map(([door, run]) => ({ point, door, run })),
  );
  const set = (which: 'first' | 'second', name: string, hook: (...args: never[]) => unknown): void => {
    hooks[which] = { ...hooks[which], [name]: hook };
  };

  for (const { point, door, run } of everyWay) {
    it(`may refuse ${point} over ${door}, before and after can*, at once and later`, async () => {
      for (const kind of ['can', 'before']) {
        set('first', `${kind}${point}`, () => {
          throw chatError('refused');
        });
        expect(await run()).to.include({ code: 'refused' });
        set('first', `${kind}${point}`, () => Promise.reject(chatError('rate_limited', { retryAfterSeconds: 3 })));
        expect(await run()).to.include({ code: 'rate_limited' });
        hooks.first = {};
      }
    });

    it(`may fail in ${point} over ${door}: one request fails, and the log says whose fault it was`, async () => {
      for (const kind of ['can', 'before']) {
        for (const fail of [
          () => {
            throw new Error('oh no');
          },
          () => Promise.reject(new Error('oh no')),
          // eslint-disable-next-line @typescript-eslint/only-throw-error, @typescript-eslint/prefer-promise-reject-errors
          () => Promise.reject('oh no'),
        ]) {
          const logged = host.log.lines.length;
          set('second', `${kind}${point}`, fail);
          const outcome = await run();
          if (door === 'host') {
            expect(outcome).to.deep.equal({ code: `thrown: plugin "second" failed in ${kind}${point}` });
          } else {
            expect(outcome).to.include({ code: 'internal_error' });
            const [line] = host.log.lines.slice(logged);
            expect(line).to.include({ level: 'error', message: 'a request failed' });
            expect(line?.fields['err']).to.have.property('message', `plugin "second" failed in ${kind}${point}`);
          }
          hooks.second = {};
        }
      }
      const health = await host.as(null).get('/health');
      expect(health.status).to.equal(200);
    });
  }

  it('are told the actor and what is to be done', async () => {
    const seen: unknown[] = [];
    for (const kind of ['can', 'before', 'after']) {
      set('first', `${kind}SendMessage`, (input: { content: string }, context: { actor: unknown }) => {
        seen.push([kind, input.content, context.actor]);
      });
    }
    await operations['SendMessage']?.['socket']?.();
    const actor = { type: 'customer', id: john.id };
    expect(seen).to.deep.equal([
      ['can', 'Hello', actor],
      ['before', 'Hello', actor],
      ['after', 'Hello', actor],
    ]);
  });

  it('run in the order of the plugins, all can* before any before*, and the first refusal is the last word', async () => {
    const steps: string[] = [];
    for (const which of ['first', 'second'] as const) {
      for (const kind of ['can', 'before', 'after']) {
        set(which, `${kind}SendMessage`, async () => {
          await Promise.resolve();
          steps.push(`${kind} ${which}`);
        });
      }
    }
    await host.chat.messages.send(john, { chatId, content: 'in order' });
    await roundTrip(sockets.john);
    expect(steps).to.deep.equal([
      'can first',
      'can second',
      'before first',
      'before second',
      'after first',
      'after second',
    ]);

    steps.length = 0;
    set('first', 'canSendMessage', () => {
      throw chatError('refused', { details: { by: 'first' } });
    });
    set('second', 'canSendMessage', () => {
      throw chatError('chat_closed');
    });
    const refused = await host.chat.messages.send(john, { chatId, content: 'x' }).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'refused');
    expect(refused).to.have.nested.property('details.by', 'first');
    expect(steps).to.deep.equal([]);
  });

  it('may replace what is sent, each what the one before it has made', async () => {
    set('first', 'beforeSendMessage', (input: { content: string }) => ({ ...input, content: `${input.content} one` }));
    set('second', 'beforeSendMessage', async (input: { content: string }) => {
      await Promise.resolve();
      return { ...input, content: `${input.content} two` };
    });
    for (const [door, run] of Object.entries(operations['SendMessage'] ?? {})) {
      await run();
      const event = await nextEvent<{ content: string }>(sockets.smith, 'message:new', ({ content }) =>
        content.startsWith('Hello one'),
      );
      expect(event.content, door).to.equal('Hello one two');
    }
  });

  it('may not replace where a message goes, who sends it, nor what a retry is known by', async () => {
    const other = await host.chat.chats.start(mary);
    set('first', 'beforeSendMessage', (input: object) => ({
      ...input,
      chatId: other.id,
      senderId: mary.id,
      clientMessageId: 'another',
    }));
    const sent = await host.chat.messages.send(john, { chatId, content: 'stays', clientMessageId: 'mine' });
    expect(sent).to.include({ chatId, senderId: john.id, clientMessageId: 'mine' });
    hooks.first = {};
    const again = await host.chat.messages.send(john, { chatId, content: 'stays', clientMessageId: 'mine' });
    expect(again.id).to.equal(sent.id);
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
      set('first', 'beforeSendMessage', (input: object) => ({ ...input, ...(change as object) }));
      for (const run of Object.values(operations['SendMessage'] ?? {})) {
        expect(await run(), what).to.include({ code });
      }
    }
  });

  it('may replace how much is read, and what is marked', async () => {
    for (let n = 0; n < 3; n += 1) await host.chat.messages.send(smith, { chatId, content: `${n}` });
    set('first', 'beforeReadMessages', (input: object) => ({ ...input, limit: 2 }));
    const page = await host.as(john).get<{ messages: unknown[] }>(`/api/chats/${chatId}/messages?limit=50`);
    expect(page.body.messages).to.have.lengthOf(2);
    set('first', 'beforeReadMessages', (input: object) => ({ ...input, limit: 0 }));
    expect(await operations['ReadMessages']?.['host']?.()).to.include({ code: 'invalid_request' });

    set('first', 'beforeMarkRead', () => ({ chatId: 1_000_000, messageId }));
    const receipt = await host.chat.messages.markRead(john, { chatId });
    expect(receipt).to.deep.include({ chatId, messageIds: [messageId] });
    set('first', 'beforeMarkRead', () => ({ chatId, messageId: 'x' }));
    expect(await operations['MarkRead']?.['socket, all']?.()).to.include({ code: 'invalid_request' });
  });

  it('fail nothing after the fact: what they throw is logged with their name', async () => {
    for (const [point, doors] of Object.entries(operations)) {
      if (point === 'StartChat') continue;
      for (const [door, run] of Object.entries(doors)) {
        set('first', `after${point}`, () => {
          throw new Error('at once');
        });
        set('second', `after${point}`, () => Promise.reject(new Error('later')));
        const logged = host.log.lines.length;
        expect(await run(), `${point} over ${door}`).to.have.property('done');
        await roundTrip(sockets.john);
        const lines = host.log.lines.slice(logged).map(({ level, fields }) => [level, fields['plugin'], fields['hook']]);
        expect(lines).to.deep.equal([
          ['error', 'first', `after${point}`],
          ['error', 'second', `after${point}`],
        ]);
      }
    }
  });

  it('hear of a chat that was started, and may refuse it', async () => {
    const started: unknown[] = [];
    set('first', 'canStartChat', () => {
      throw chatError('refused');
    });
    expect((await host.as(people.nia).post('/api/chats/start')).status).to.equal(403);
    hooks.first = {};
    set('first', 'beforeStartChat', () => ({ customerId: john.id, dentistId: smith.id }));
    set('first', 'afterStartChat', (chat: { id: number }) => void started.push(chat.id));
    const answer = await host.as(people.nia).post<{ id: number; customer: { id: number } }>('/api/chats/start');
    expect(answer.body.customer.id).to.equal(people.nia.id);
    expect(started).to.deep.equal([answer.body.id]);
  });

  it('see every call of a person at both doors before it is read, and may refuse it', async () => {
    const calls: unknown[] = [];
    set('first', 'canCall', (call: object) => void calls.push(call));
    await host.as(john).get('/api/chats');
    await host.as(john).post(`/api/chats/nonsense/messages`, 'nonsense');
    await sockets.john.timeout(5_000).emitWithAck('typing:start', 'nonsense');
    await host.as(null).get('/health');
    await host.as(null).get('/api/chats');
    expect(calls).to.deep.equal([
      { door: 'http', operation: 'GET /api/chats' },
      { door: 'http', operation: 'POST /api/chats/:chatId/messages' },
      { door: 'socket', operation: 'typing:start' },
    ]);

    set('first', 'canCall', () => Promise.reject(chatError('rate_limited', { retryAfterSeconds: 7 })));
    const limited = await host.as(john).get('/api/chats');
    expect(limited.status).to.equal(429);
    expect(limited.headers.get('Retry-After')).to.equal('7');
    expect(await overSocket('message:send', { sessionId: chatId, content: 'x' })).to.deep.equal({ code: 'rate_limited' });
    set('first', 'canCall', () => {
      throw new TypeError('oh no');
    });
    expect((await host.as(john).get('/api/chats')).status).to.equal(500);
    expect(await overSocket('typing:start', { sessionId: chatId })).to.deep.equal({ code: 'internal_error' });
    expect(host.log.lines.at(-1)?.fields['err']).to.have.property('message', 'plugin "first" failed in canCall');
  });

  it('may keep a person unseen, and hear who comes and goes', async () => {
    const changes: unknown[] = [];
    set('first', 'afterChangePresence', ({ person, online }: { person: { id: number }; online: boolean }) => {
      changes.push([person.id, online]);
    });
    await host.chat.chats.start(mary).catch(() => undefined);
    const inMary = await host.connect(mary);
    await nextEvent(sockets.smith, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
    inMary.disconnect();
    await nextEvent(sockets.smith, 'user:offline', ({ userId }: { userId: number }) => userId === mary.id);
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
      set('second', 'canChangePresence', fail);
      const unseen = await host.connect(mary);
      await roundTrip(unseen);
      await noEvent(sockets.smith, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
      unseen.disconnect();
    }
    expect(host.log.lines.at(-1)).to.have.nested.property('fields.err.message', 'plugin "second" failed in canChangePresence');
  });
});
