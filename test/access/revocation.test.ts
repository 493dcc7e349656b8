import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import { definePlugin, diskImageStore, type Directory } from '../../lib/index.js';
import { knownStatements } from '../failures/known-statements.js';
import { losingSequelize, nameOf } from '../failures/lost-statements.js';
import { startTwoHosts } from '../realtime/two-hosts.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say } from '../support/chats.js';
import { ask } from '../support/ask.js';
import { expectAckRefusal, expectRefusal, expectRejection } from '../support/expectations.js';
import { photo, sendFiles } from '../images/support.js';
import { makeHostTables, people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { seededDirectory } from '../support/seeded-directory.js';
import { createTestDatabase } from '../support/postgres.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, mary, smith, lind } = people;

/** The least that can be configured: revocation on sockets is then due within a second. */
const access = { socketMaxAgeMs: 500 };

describe('a dentist whose customer was given another', () => {
  let host: ChatHost;
  let chatId: number;
  let messageId: number;

  const assign = (dentistId: number | null): Promise<unknown> =>
    host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [dentistId, john.id]);

  before(async () => {
    host = await startChatHost({ access, realtime: { offlineGraceMs: 0 } });
  });
  after(() => host.close());

  beforeEach(async () => {
    await host.database.query('TRUNCATE chat.chats CASCADE');
    await assign(smith.id);
    chatId = (await host.chat.chats.start(john)).id;
    const [first] = await say(host, john, chatId, 'My left aligner hurts');
    messageId = first?.id ?? 0;
  });

  it('has no access at the very next request', async () => {
    const asSmith = host.as(smith);
    expect((await asSmith.get(`/api/chats/${chatId}`)).status).to.equal(200);
    await assign(lind.id);
    expectRefusal(await asSmith.get(`/api/chats/${chatId}`), 'chat_not_found');
    expectRefusal(await asSmith.get(`/api/chats/${chatId}/messages`), 'chat_not_found');
    expectRefusal(await asSmith.post(`/api/chats/${chatId}/messages`, { content: 'Hello?' }), 'not_participant');
    expectRefusal(await asSmith.post(`/api/chats/${chatId}/messages/${messageId}/read`), 'chat_not_found');
    expectRefusal(await asSmith.post(`/api/chats/${chatId}/read`, {}), 'chat_not_found');
    expect((await asSmith.get('/api/chats')).body).to.deep.equal({ chats: [] });
    const { body } = await host.as(john).get(`/api/chats/${chatId}/messages`);
    expect(body).to.have.nested.property('messages.length', 1);
    expect(body).to.have.nested.property('messages[0].isRead', false);
  });

  it('has no access where nobody follows', async () => {
    await assign(null);
    expectRefusal(await host.as(smith).get(`/api/chats/${chatId}/messages`), 'chat_not_found');
  });

  it('has none through the host’s own code either', async () => {
    await assign(lind.id);
    await expectRejection(host.chat.messages.list(smith, { chatId }), 'chat_not_found');
    await expectRejection(host.chat.messages.send(smith, { chatId, content: 'Hello?' }), 'not_participant');
    expect(await host.chat.chats.list(smith)).to.deep.equal({ chats: [] });
  });

  it('has access again at once where the customer comes back', async () => {
    await assign(lind.id);
    expectRefusal(await host.as(smith).get(`/api/chats/${chatId}`), 'chat_not_found');
    await assign(smith.id);
    expect((await host.as(smith).get(`/api/chats/${chatId}`)).status).to.equal(200);
  });

  it('can do nothing on a live socket, and hears nothing, within five seconds', async () => {
    const [inJohn, inSmith] = [await host.connect(john), await host.connect(smith)];
    expectAckOk(await ask(inSmith, 'message:send', { sessionId: chatId, content: 'Which one?' }));
    await assign(lind.id);
    const refused = await untilRefused(() => ask(inSmith, 'message:send', { sessionId: chatId, content: 'Hello?' }));
    expectAckRefusal(refused, 'not_participant');
    for (const [event, input] of [
      ['message:read', { messageId }],
      ['chat:read', {}],
      ['typing:start', {}],
      ['typing:stop', {}],
    ] as const) {
      expectAckRefusal(await ask(inSmith, event, { sessionId: chatId, ...input }), 'chat_not_found');
    }
    expectAckRefusal(await ask(inJohn, 'message:send', { sessionId: chatId, content: 'Anybody?' }), 'chat_closed');
    await ask(inJohn, 'typing:start', { sessionId: chatId });
    expectAckOk(await ask(inJohn, 'chat:read', { sessionId: chatId }));
    await nextEvent(inJohn, 'message:read_receipt');
    await host.chat.chats.close(chatId);
    await nextEvent(inJohn, 'chat:updated');
    inJohn.disconnect();
    await presenceGone(host, john.id);
    for (const event of ['message:read_receipt', 'typing:indicator', 'chat:updated', 'user:offline']) {
      await noEvent(inSmith, event);
    }
  });

  it('hears nothing of what was under way, and what they had under way is heard by nobody', async () => {
    const gate = new EventEmitter();
    const store = diskImageStore({ dir: await makeFolder('images') });
    const slow = await startChatHost(
      {
        access,
        images: {
          store: {
            ...store,
            put: (...object) =>
              object[0].endsWith('-thumbnail') ? store.put(...object) : held(gate, 'put', () => store.put(...object)),
          },
        },
        plugins: [
          definePlugin({
            name: 'slow',
            version: '1.0.0',
            hooks: { canSendMessage: ({ content }) => (content === 'Held' ? held(gate, 'hook', noop) : undefined) },
          }),
        ],
      },
      host,
    );
    try {
      const [inJohn, inSmith] = [await slow.connect(john), await slow.connect(smith)];
      for (const [sender, other, code] of [
        [john, inSmith, 'chat_closed'],
        [smith, inJohn, 'not_participant'],
      ] as const) {
        await assign(smith.id);
        const path = `/api/chats/${chatId}/messages`;
        const form = new FormData();
        form.append('images', new Blob([await photo()]), 'tooth.jpg');
        const [picture, text] = [slow.as(sender).postForm(path, form), slow.as(sender).post(path, { content: 'Held' })];
        await Promise.all([once(gate, 'put'), once(gate, 'hook')]);
        await assign(lind.id);
        expect(await slow.chat.chats.get(john, chatId)).to.include({ status: 'closed' });
        gate.emit('go');
        expectRefusal(await picture, code);
        expectRefusal(await text, code);
        await noEvent(other, 'message:new');
      }
    } finally {
      await slow.close();
    }
  });

  it('is told so within five seconds, as is whoever was removed, however old what REST knows may be', async () => {
    const slow = await startChatHost({ access: { restMaxAgeMs: 60_000 }, realtime: { offlineGraceMs: 0 } }, host);
    try {
      const [inMary, inSmith] = [await slow.connect(mary), await slow.connect(smith)];
      const send = () => ask(inSmith, 'message:send', { sessionId: chatId, content: 'Hello?' });
      expectAckOk(await send());
      await assign(lind.id);
      await host.database.query('UPDATE customers SET id = 99 WHERE id = $1', [mary.id]);
      const [refused] = await Promise.all([untilRefused(send), nextEvent(inMary, 'disconnect')]);
      expectAckRefusal(refused, 'not_participant');
      expectRefusal(await slow.as(smith).get(`/api/chats/${chatId}`), 'chat_not_found');
    } finally {
      await host.database.query('UPDATE customers SET id = $1 WHERE id = 99', [mary.id]);
      await slow.close();
    }
  });

  it('connects to the chats that are still theirs', async () => {
    const marys = (await host.chat.chats.start(mary)).id;
    const inJohn = await host.connect(john);
    await assign(lind.id);
    const inSmith = await host.connect(smith);
    expect(await nextEvent(inSmith, 'connected')).to.deep.include({ sessions: [marys], online: [] });
    await noEvent(inJohn, 'user:online');
  });

  it('finds full pages of those that are', async () => {
    const others = Array.from({ length: 6 }, (_, index) => 100 + index);
    for (const id of others) {
      await host.database.query('INSERT INTO customers VALUES ($1, $2, NULL, NULL, $3)', [id, `c${id}`, smith.id]);
      await host.chat.chats.start({ type: 'customer', id });
    }
    await host.database.query('UPDATE customers SET dentist_id = $1 WHERE id IN (105, 103, 102)', [lind.id]);
    const seen: number[] = [];
    for (let before = ''; ;) {
      const { body } = await host
        .as(smith)
        .get<{ chats: { customer: { id: number } }[]; hasMore: boolean; nextCursor: string | null }>(
          `/api/chats?limit=2${before}`,
        );
      seen.push(...body.chats.map(({ customer }) => customer.id));
      if (!body.hasMore) break;
      expect(body.chats).to.have.length(2);
      before = `&before=${body.nextCursor}`;
    }
    expect(seen).to.deep.equal([104, 101, 100, john.id]);
    await host.database.query('DELETE FROM customers WHERE id >= 100');
  });

  it('leaves the customer the history, and a retry its answer', async () => {
    const sent = { content: 'One more thing', clientMessageId: 'b1' };
    const first = await host.as(john).post<{ id: number }>(`/api/chats/${chatId}/messages`, sent);
    await assign(lind.id);
    expect((await host.as(john).get(`/api/chats/${chatId}`)).body).to.include({ status: 'closed' });
    expect((await host.as(john).get(`/api/chats/${chatId}/messages`)).body).to.have.nested.property(
      'messages.length',
      2,
    );
    expect((await host.as(john).get('/api/chats')).body).to.have.nested.property('chats[0].id', chatId);
    expectRefusal(await host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'Hello?' }), 'chat_closed');
    const again = await host.as(john).post<{ id: number }>(`/api/chats/${chatId}/messages`, sent);
    expect(again.body.id).to.equal(first.body.id);
    expect((await host.as(john).post('/api/chats/start')).status).to.equal(201);
  });
});

describe('a dentist who was followed while something was not known to be done', () => {
  it('is not told of a message that another process wrote, and that its retry brings to light', async () => {
    const hosts = [await startChatHost({ access })];
    try {
      const [first] = hosts as [ChatHost];
      const second = await startChatHost({ access }, first);
      hosts.push(second);
      const { id: chatId } = await first.chat.chats.start(john);
      const [inJohn, inSmith] = [await second.connect(john), await second.connect(smith)];
      const message = { chatId, content: 'Which one?', clientMessageId: 'b1' };
      const { id } = await first.chat.messages.send(john, message);
      await first.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [lind.id, john.id]);
      expect(await second.chat.messages.send(john, message)).to.include({ id });
      expect(await nextEvent(inJohn, 'message:new')).to.include({ id });
      await noEvent(inSmith, 'message:new');
    } finally {
      for (const host of hosts.reverse()) await host.close();
    }
  });

  it('is not told of a chat whose start was found late', async () => {
    const database = await createTestDatabase();
    await makeHostTables(database);
    const losing = losingSequelize(database.url);
    // By the time at which somebody asks again.
    const findAssignments: Directory['findAssignments'] = async (ids) =>
      ids.map((customerId) => ({ customerId, dentistId: lind.id }));
    const directory = { ...seededDirectory(), findAssignments };
    const host = await startChatHost({ directory, database: { sequelize: losing.sequelize } }, { database });
    try {
      const [inJohn, inSmith] = [await host.connect(john), await host.connect(smith)];
      const { arm, disarm } = losing.losing('after it was done');
      arm(new Set([nameOf((await knownStatements()).get('chat.nextId') ?? '')]));
      await expectRejection(host.chat.chats.start(john), 'database_unavailable');
      expect(disarm()).to.include('INSERT INTO "chat"."chats"');
      expect(await nextEvent(inJohn, 'chat:new')).to.include({ status: 'closed' });
      await noEvent(inSmith, 'chat:new');
    } finally {
      await host.close();
      await losing.sequelize.close();
      await database.drop();
    }
  });
});

describe('a customer whose dentist is no id', () => {
  it('has a chat that cannot be served, and nobody else has', async () => {
    const host = await startChatHost({ access });
    try {
      const [johns, marys] = [(await host.chat.chats.start(john)).id, (await host.chat.chats.start(mary)).id];
      await host.database.query('ALTER TABLE customers DROP CONSTRAINT customers_dentist_id_fkey');
      await host.database.query('UPDATE customers SET dentist_id = 0 WHERE id = $1', [mary.id]);
      const asSmith = host.as(smith);
      const [good, odd] = await Promise.all([asSmith.get(`/api/chats/${johns}`), asSmith.get(`/api/chats/${marys}`)]);
      expect(good.status).to.equal(200);
      expectRefusal(odd, 'directory_unavailable');
      const { body } = await asSmith.get<{ chats: { id: number }[] }>('/api/chats');
      expect(body.chats.map(({ id }) => id)).to.deep.equal([johns]);
      const inSmith = await host.connect(smith);
      expect(await nextEvent(inSmith, 'connected')).to.deep.include({ sessions: [johns] });
      const refused = await ask(inSmith, 'message:send', { sessionId: marys, content: 'Hello?' });
      expectAckRefusal(refused, 'directory_unavailable');
      expectAckOk(await ask(inSmith, 'message:send', { sessionId: johns, content: 'Hello' }));
    } finally {
      await host.close();
    }
  });
});

describe('a person who was removed', () => {
  let host: ChatHost;

  beforeEach(async () => {
    host = await startChatHost({ access });
  });
  afterEach(() => host.close());

  const remove = async (): Promise<void> => {
    await host.database.query('DELETE FROM customers WHERE id = $1', [john.id]);
  };

  it('is nobody at the very next request', async () => {
    expect((await host.as(john).get('/api/chats')).status).to.equal(200);
    await remove();
    expectRefusal(await host.as(john).get('/api/chats'), 'actor_unknown');
    expectRefusal(await host.as(john).post('/api/chats/start'), 'actor_unknown');
    const outcome: unknown = await host.connect(john).catch((error: { data?: unknown }) => error.data);
    expect(outcome).to.include({ code: 'actor_unknown' });
  });

  it('is told so on live sockets, and cut off within five seconds', async () => {
    const [first, second, inMary] = [await host.connect(john), await host.connect(john), await host.connect(mary)];
    await remove();
    for (const socket of [first, second]) {
      expect(await nextEvent(socket, 'chat:error')).to.have.nested.property('error.code', 'actor_unknown');
      expect(await nextEvent(socket, 'disconnect')).to.equal('io server disconnect');
    }
    await noEvent(inMary, 'chat:error');
  });

  it('sends nothing of what still waits for its turn, or for a hook', async () => {
    const gate = new EventEmitter();
    const hooks = { canSendMessage: () => held(gate, 'hook', noop) };
    const plugins = [definePlugin({ name: 'slow', version: '1.0.0', hooks })];
    const slow = await startChatHost({ access, plugins, limits: { callsAtOnce: 1 } }, host);
    try {
      const { id: chatId } = await slow.chat.chats.start(john);
      const socket = await slow.connect(john);
      const isHeld = once(gate, 'hook');
      for (const content of ['one', 'two', 'three']) socket.emit('message:send', { sessionId: chatId, content });
      socket.emit('chat:read', { sessionId: chatId });
      await isHeld;
      await remove();
      await nextEvent(socket, 'disconnect');
      gate.emit('go');
      // Waits for all that is under way.
      await slow.chat.close();
      expect(await host.database.query('SELECT content FROM chat.messages')).to.deep.equal([]);
    } finally {
      await slow.close();
    }
  });

  it('has no dentist any more, and has one again once they are back', async () => {
    const { id: chatId } = await host.chat.chats.start(john);
    const picture = (await sendFiles(host, john, chatId, [await photo()])).body.images?.[0]?.id;
    const [inJohn, inSmith] = [await host.connect(john), await host.connect(smith)];
    await remove();
    await nextEvent(inJohn, 'disconnect');

    const asSmith = host.as(smith);
    for (const path of ['', '/messages', `/images/${picture}`]) {
      expectRefusal(await asSmith.get(`/api/chats/${chatId}${path}`), 'chat_not_found');
    }
    expect((await asSmith.get('/api/chats')).body).to.deep.equal({ chats: [] });
    expectRefusal(await asSmith.post(`/api/chats/${chatId}/read`, {}), 'chat_not_found');
    const images = { images: [{ contentType: 'image/png', bytes: 100 }] };
    expectRefusal(await asSmith.post(`/api/chats/${chatId}/uploads`, images), 'not_participant');
    await expectRejection(host.chat.chats.get(smith, chatId), 'chat_not_found');
    expect(await host.chat.chats.list(smith)).to.deep.equal({ chats: [] });

    const send = () => ask(inSmith, 'message:send', { sessionId: chatId, content: 'Are you there?' });
    expectAckRefusal(await untilRefused(send), 'not_participant');
    expectAckRefusal(await ask(inSmith, 'chat:read', { sessionId: chatId }), 'chat_not_found');
    await host.chat.chats.close(chatId);
    await noEvent(inSmith, 'chat:updated');
    expect(await nextEvent(await host.connect(smith), 'connected')).to.deep.include({ sessions: [] });

    await host.database.query('INSERT INTO customers VALUES ($1, $2, NULL, $3, $4)', [
      ...[john.id, john.name, john.login, smith.id],
    ]);
    expect((await asSmith.get(`/api/chats/${chatId}`)).body).to.have.nested.property('customer.name', john.name);
  });

  it('has no dentist whom the directory does not name beside them either', async () => {
    const { id: chatId } = await host.chat.chats.start(john);
    const directory: Directory = { ...seededDirectory(), findAssignments: async () => [] };
    const other = await startChatHost({ access, directory }, host);
    try {
      expectRefusal(await other.as(smith).get(`/api/chats/${chatId}`), 'chat_not_found');
      expect((await other.as(john).get(`/api/chats/${chatId}`)).body).to.include({ status: 'closed' });
    } finally {
      await other.close();
    }
  });

  it('stays connected while the directory cannot say', async () => {
    const socket = await host.connect(john);
    await host.database.query('ALTER TABLE customers RENAME TO customers_away');
    await warned(host);
    await host.database.query('ALTER TABLE customers_away RENAME TO customers');
    await noEvent(socket, 'disconnect');
    expectRefusal(await host.as(null).get('/api/chats'), 'token_missing');
  });

  it('sends nothing on a live socket while the directory cannot say, and goes on once it can', async () => {
    // Would end any other process than that of a test.
    const unheard: unknown[] = [];
    const keep = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', keep);
    try {
      const { id: chatId } = await host.chat.chats.start(john);
      // Who she is can still be said, and not whose dentist.
      const socket = await host.connect(smith);
      const send = () => ask(socket, 'message:send', { sessionId: chatId, content: 'Are you there?' });
      expectAckOk(await send());
      await host.database.query('ALTER TABLE customers RENAME TO customers_away');
      expectAckRefusal(await untilRefused(send), 'directory_unavailable');
      await host.database.query('ALTER TABLE customers_away RENAME TO customers');
      await until('it can', async () => ((await send()) as { ok: boolean }).ok);
      expect(unheard).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', keep);
    }
  });
});

describe('whoever has live sockets in several processes', () => {
  it('loses them all within five seconds of their removal, and a former dentist hears of nothing in any', async () => {
    const hosts = await startTwoHosts(() => ({ adapter: 'postgres' }));
    try {
      const { first, second, database } = hosts;
      const { id: chatId } = await first.chat.chats.start(john);
      const { id: marys } = await first.chat.chats.start(mary);
      const [inFirst, inSecond] = [await first.connect(john), await second.connect(john)];
      const [inMary, inSmith] = [await first.connect(mary), await second.connect(smith)];
      await database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [lind.id, mary.id]);
      await database.query('DELETE FROM customers WHERE id = $1', [john.id]);
      const dueAt = performance.now() + 5_000;
      await Promise.all([inFirst, inSecond].map((socket) => nextEvent(socket, 'disconnect')));
      for (const sessionId of [chatId, marys]) {
        const ack = await untilRefused(() => ask(inSmith, 'message:send', { sessionId, content: 'Hello?' }), dueAt);
        expectAckRefusal(ack, 'not_participant');
      }
      // Until it is known in the other process, too.
      const ack = await untilRefused(() => ask(inMary, 'message:send', { sessionId: marys, content: 'Hello?' }), dueAt);
      expectAckRefusal(ack, 'chat_closed');
      await first.chat.chats.close(marys);
      await nextEvent(inMary, 'chat:updated');
      await noEvent(inSmith, 'chat:updated');
    } finally {
      await hosts.close();
    }
  });
});

describe('a dentist of many former customers', () => {
  it('finds the one who is left on the shortest page, in a few questions', async () => {
    const former = 1_200;
    let questions = 0;
    const host = await startChatHost({
      directory: {
        findPeople: (refs) => Promise.resolve(refs.map((ref) => ({ ...ref, name: 'Somebody', email: null }))),
        findAssignedDentist: () => Promise.resolve(smith.id),
        findAssignments: (ids) => {
          questions += 1;
          return Promise.resolve(
            ids.map((customerId) => ({ customerId, dentistId: customerId === john.id ? smith.id : lind.id })),
          );
        },
        findByLogin: (type) => Promise.resolve({ type, id: smith.id }),
      },
    });
    try {
      const { id } = await host.chat.chats.start(john);
      await host.database.query(
        `INSERT INTO chat.chats (customer_id, dentist_id) SELECT 100 + n, $1 FROM generate_series(1, $2::int) n`,
        [smith.id, former],
      );
      questions = 0;
      const { body } = await host.as(smith).get('/api/chats?limit=1');
      expect(body).to.have.nested.property('chats.length', 1);
      expect(body).to.have.nested.property('chats[0].id', id);
      expect(body).to.include({ hasMore: false, nextCursor: null });
      expect(questions).to.be.at.most(5);
    } finally {
      await host.close();
    }
  });
});

describe('a login that is unlinked, or moved to somebody else', () => {
  it('ends live sockets within five seconds, and over REST, and leaves the others', async () => {
    const host = await startChatHost();
    try {
      const sockets = await Promise.all([host.connect(john), host.connect(smith), host.connect(mary)]);
      const [inJohn, inSmith, inMary] = sockets;
      await host.database.query('UPDATE customers SET cognito_sub = NULL WHERE id = $1', [john.id]);
      await host.database.query('UPDATE dentists SET django_user_id = NULL WHERE id = $1', [smith.id]);
      await host.database.query('UPDATE dentists SET django_user_id = $1 WHERE id = $2', [smith.login, lind.id]);
      for (const socket of [inJohn, inSmith]) {
        expect(await nextEvent(socket, 'chat:error')).to.have.nested.property('error.code', 'actor_unknown');
        await nextEvent(socket, 'disconnect');
      }
      await noEvent(inMary, 'chat:error');
      expectRefusal(await host.as(john).get('/api/chats'), 'actor_unknown');
      expect(await nextEvent(await host.connect(smith), 'connected')).to.include({ userId: lind.id });
    } finally {
      await host.close();
    }
  });

  it('counts for no more than half of that over REST', async () => {
    const host = await startChatHost({ access });
    try {
      expect((await host.as(john).get('/api/chats')).status).to.equal(200);
      await host.database.query('UPDATE customers SET cognito_sub = NULL WHERE id = $1', [john.id]);
      await until('it is unlinked', async () => (await host.as(john).get('/api/chats')).status === 401);
    } finally {
      await host.close();
    }
  });
});

describe('a directory that answers for one customer at a time', () => {
  it('is asked so', async () => {
    const dentists = new Map<number, number | null>([[john.id, smith.id]]);
    const host = await startChatHost({
      directory: { ...seededDirectory(), findAssignedDentist: async (id) => dentists.get(id) ?? null },
    });
    try {
      const { id: chatId } = await host.chat.chats.start(john);
      const status = async (): Promise<number> => (await host.as(smith).get(`/api/chats/${chatId}`)).status;
      expect(await status()).to.equal(200);
      dentists.set(john.id, null);
      expect(await status()).to.equal(404);
      dentists.set(john.id, lind.id);
      expect(await status()).to.equal(404);
      dentists.set(john.id, smith.id);
      expect(await status()).to.equal(200);
    } finally {
      await host.close();
    }
  });
});

describe('somebody whom the host disconnects', () => {
  it('loses every socket in every process, and nothing else', async () => {
    const hosts = await startTwoHosts(() => ({ adapter: 'postgres' }));
    try {
      const { first, second } = hosts;
      const sockets = await Promise.all([first.connect(john), first.connect(john), second.connect(john)]);
      const inMary = await second.connect(mary);
      await first.chat.people.disconnect(john);
      for (const socket of sockets) expect(await nextEvent(socket, 'disconnect')).to.equal('io server disconnect');
      await noEvent(inMary, 'disconnect');
      expect((await first.as(john).get('/api/chats')).status).to.equal(200);
      expect(await nextEvent(await second.connect(john), 'connected')).to.include({ userId: john.id });
      await expectRejection(first.chat.people.disconnect({ type: 'customer', id: 0 }), 'invalid_request');
    } finally {
      await hosts.close();
    }
  });
});

/** Says that the work is there to be done, and does it once it may go on. */
async function held(gate: EventEmitter, what: string, work: () => Promise<void>): Promise<void> {
  const go = once(gate, 'go');
  gate.emit(what);
  await go;
  await work();
}

const noop = (): Promise<void> => Promise.resolve();

function expectAckOk(ack: unknown): void {
  expect(ack).to.include({ ok: true });
}

/** Asks until the answer is a refusal, for at most the five seconds in which it is due. */
async function untilRefused(question: () => Promise<unknown>, dueAt = performance.now() + 5_000): Promise<unknown> {
  for (;;) {
    const ack = (await question()) as { ok: boolean };
    if (!ack.ok || performance.now() > dueAt) return ack;
  }
}

function presenceGone(host: ChatHost, personId: number): Promise<void> {
  const rows = `SELECT 1 FROM chat.presence WHERE person_type = 'customer' AND person_id = $1`;
  return until('they are offline', async () => (await host.database.query(rows, [personId])).length === 0);
}

function warned(host: ChatHost): Promise<void> {
  return until('a warning of the look-up', () =>
    Promise.resolve(host.log.lines.some(({ message }) => message.startsWith('it could not be looked up'))),
  );
}
