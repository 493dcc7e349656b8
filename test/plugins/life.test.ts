import { createServer } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import Koa from 'koa';
import { chatError, ChatSetupError } from '../../lib/index.js';
import type { ChatModule, Directory, ImageStore, Plugin, PluginContext } from '../../lib/index.js';
import { openStage, type Stage } from '../lifecycle/stage.js';
import { people } from '../support/host-tables.js';
import { plugin } from './plugin.js';

describe("a plugin's life", () => {
  const { john, smith } = people;
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  it('begins after those it requires, else in the order of the array, and ends in reverse', async () => {
    const steps: string[] = [];
    const one = (name: string, ...requires: string[]): Plugin =>
      plugin(name, {
        requires,
        start: async () => {
          await Promise.resolve();
          steps.push(`start ${name}`);
        },
        stop: async () => {
          await Promise.resolve();
          steps.push(`stop ${name}`);
        },
      });
    const chat = stage.createModule({ plugins: [one('a', 'd', 'c'), one('b'), one('c', 'd'), one('d')] });
    await chat.start();
    await chat.close();
    expect(steps).to.deep.equal([
      ...['start d', 'start c', 'start a', 'start b'],
      ...['stop b', 'stop a', 'stop c', 'stop d'],
    ]);
  });

  it('begins before the first request, with the operations at its hand', async () => {
    const app = new Koa();
    const server = createServer(app.callback());
    const url = await stage.listen(server);
    let during: unknown[] = [];
    const seed = plugin('seed', {
      async start({ chat }) {
        const { id: chatId } = await chat.chats.start(john);
        await chat.messages.send(smith, { chatId, content: 'Welcome' });
        const { status } = await stage.as(null, url).get('/health');
        during = [status, await chat.verifyToken(stage.tokenOf(smith)).then(({ issuer }) => issuer)];
      },
    });
    const chat = stage.createModule({ plugins: [seed] });
    await chat.mount(app, server);
    expect(during).to.deep.equal([404, 'django']);
    const list = await stage.as(john, url).get('/api/chats');
    expect(list.body).to.have.nested.property('chats[0].lastMessage.content', 'Welcome');
  });

  it('has a database to ask, its own tables in it, and a log with its name', async () => {
    let context: PluginContext | undefined;
    const counts = plugin('counts', {
      migrations: [{ name: '0001-counts', sql: 'CREATE TABLE counts (n bigint, at timestamptz, list bigint[])' }],
      async start(given) {
        context = given;
        const { query, schema } = given;
        await query(`INSERT INTO ${schema}.counts VALUES ($1, $2, $3)`, [7, '2026-02-13T10:30:00Z', [1, 2]]);
      },
    });
    const chat = stage.createModule({ plugins: [counts] });
    await chat.start();
    if (context === undefined) throw new Error('it was not started');
    expect(await context.query(`SELECT * FROM ${context.schema}.counts WHERE n = $1`, [7])).to.deep.equal([
      { n: 7, at: '2026-02-13T10:30:00.000Z', list: [1, 2] },
    ]);
    expect(context.chat).to.equal(chat);
    const wrong = await context.query('SELECT nothing FROM nowhere').catch((error: unknown) => error);
    expect(wrong).to.be.an('error').with.property('message', 'relation "nowhere" does not exist');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) context.logger[level]({ n: 1 }, 'counted');
    expect(stage.log.lines.slice(-4)).to.deep.equal(
      ['debug', 'info', 'warn', 'error'].map((level) => ({
        level,
        fields: { plugin: 'counts', n: 1 },
        message: 'counted',
      })),
    );
  });

  it('ends without operations, and a stop that fails or throws is logged and stops nobody', async () => {
    const codes: unknown[] = [];
    let held: ChatModule | undefined;
    const stops = plugin('stops', {
      start: ({ chat: given }) => {
        held = given;
      },
      stop: async () => {
        codes.push(await held?.chats.list(john).catch((error: { code: string }) => error.code));
      },
    });
    const fails = (name: string, stop: () => Promise<void>) => plugin(name, { stop });
    const chat = stage.createModule({
      plugins: [
        stops,
        fails('rejects', () => Promise.reject(new Error('no'))),
        fails('throws', () => {
          throw new Error('no');
        }),
      ],
    });
    await chat.start();
    await chat.close();
    expect(codes).to.deep.equal(['shutting_down']);
    const logged = stage.log.lines.filter(({ message }) => message === 'a part could not be closed cleanly');
    expect(logged.map(({ fields }) => fields['part'])).to.deep.equal(['plugin "throws"', 'plugin "rejects"']);
  });

  it('ends without a stop where its start was not reached', async () => {
    const stopped: string[] = [];
    const stop = (name: string) => (): void => void stopped.push(name);
    const chat = stage.createModule({
      plugins: [
        plugin('first', { stop: stop('first') }),
        plugin('fails', { start: () => Promise.reject(chatError('refused')), stop: stop('fails') }),
        plugin('never', { stop: stop('never') }),
      ],
    });
    const error = await chat.start().catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(ChatSetupError)
      .with.property('message')
      .that.includes('The plugin "fails" could not start');
    expect(stopped).to.deep.equal(['fails', 'first']);
  });

  it('may be that of an image store', async () => {
    const steps: string[] = [];
    const stored = new Map<string, Buffer>();
    const imageStore: ImageStore = {
      async put(key, body) {
        const chunks: Buffer[] = [];
        for await (const chunk of Readable.from(body).pipe(new PassThrough()) as AsyncIterable<Buffer>)
          chunks.push(chunk);
        stored.set(key, Buffer.concat(chunks));
      },
      head: (key) => Promise.resolve(stored.has(key) ? { bytes: 1, contentType: 'image/png' } : null),
      get: (key) => Promise.resolve(stored.has(key) ? Readable.from([stored.get(key)]) : null),
      delete: (keys) => Promise.resolve(keys.forEach((key) => stored.delete(key))),
      signGetUrl: (key) => `https://images.example/${key}`,
      signUpload: (key) =>
        Promise.resolve({
          method: 'PUT' as const,
          url: `https://images.example/${key}`,
          headers: {},
          expiresAt: '2026-12-01T00:00:00.000Z',
        }),
      start: async () => void steps.push('start'),
      close: async () => void steps.push('close'),
    };
    const chat = stage.createModule({ plugins: [plugin('gallery', { services: { imageStore } })] });
    const app = new Koa();
    const server = createServer(app.callback());
    await chat.mount(app, server);
    const url = await stage.listen(server);
    const { id } = await chat.chats.start(john);
    const upload = { images: [{ contentType: 'image/png', bytes: 100 }] };
    const answer = await stage.as(john, url).post(`/api/chats/${id}/uploads`, upload);
    expect(answer.status).to.equal(201);
    expect(answer.body)
      .to.have.nested.property('uploads[0].url')
      .that.matches(/^https:\/\/images\.example\//);
    await chat.close();
    expect(steps).to.deep.equal(['start', 'close']);
  });

  it('may be that of the directory', async () => {
    const nobody: Directory = {
      findPeople: (refs) => Promise.resolve(refs.map((ref) => ({ ...ref, name: `No. ${ref.id}`, email: null }))),
      findAssignedDentist: (id) => Promise.resolve(id + 100),
      findByLogin: () => Promise.resolve(null),
    };
    let asked: unknown;
    const chat = stage.createModule({
      plugins: [
        plugin('people', {
          services: {
            directory: ({ query }) => ({
              ...nobody,
              findAssignedDentist: async (id) => {
                asked = await query('SELECT $1::int AS id', [id]);
                return id + 100;
              },
            }),
          },
        }),
      ],
    });
    await chat.start();
    const started = await chat.chats.start({ type: 'customer', id: 9 });
    expect([started.customer.name, started.dentist]).to.deep.equal([
      'No. 9',
      { id: 109, name: 'No. 109', email: null },
    ]);
    expect(asked).to.deep.equal([{ id: 9 }]);
  });
});
