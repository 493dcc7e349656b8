import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import type { ChatErrorCode, ImageStore, StoredObject } from '../../lib/index.js';
import { photo, sendFiles, type WireMessage } from '../images/support.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import type { Answer } from '../support/http-client.js';
import { people } from '../support/host-tables.js';
import { waysToFail, watchUnhandled } from './ways.js';

const { john, smith } = people;

/** One use of a method of the store, and what becomes of it when the method fails. */
interface Use {
  ask(): Promise<Answer<unknown>>;
  readonly outcome: ChatErrorCode | 201;
  /** Answers of other shapes than the interface promises. */
  readonly wrong: Readonly<Record<string, unknown>>;
}

/** A store in memory, whose methods can be replaced while it serves. */
function replaceableStore(): { store: ImageStore; broken: Partial<ImageStore>; objects: Map<string, StoredObject> } {
  const objects = new Map<string, StoredObject & { body: Buffer }>();
  const urlOf = (key: string): string => `https://pictures.example/${key}`;
  const memory: ImageStore = {
    put: async (key, body, object) =>
      void objects.set(key, { ...object, body: Buffer.isBuffer(body) ? body : await buffer(body) }),
    head: async (key) => objects.get(key) ?? null,
    get: async (key) => {
      const found = objects.get(key);
      return found === undefined ? null : Readable.from([found.body]);
    },
    delete: async (keys) => keys.forEach((key) => objects.delete(key)),
    signGetUrl: urlOf,
    signUpload: async (key, { contentType }) => ({
      method: 'PUT',
      url: urlOf(key),
      headers: { 'Content-Type': contentType },
      expiresAt: new Date(Date.now() + 600_000).toISOString(),
    }),
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const broken: Partial<ImageStore> = {};
  return {
    store: new Proxy(memory, { get: (_, name) => Reflect.get({ ...memory, ...broken }, name) as unknown }),
    broken,
    objects,
  };
}

describe('an image store that fails', () => {
  const { store, broken, objects } = replaceableStore();
  let host: ChatHost;
  let chatId: number;
  let file: Buffer;
  let imageId: number;
  /** A raw upload that is there and not sent. */
  let raw: string;
  let unhandled: () => unknown[];

  before(async () => {
    host = await startChatHost({ images: { store, storeTimeoutMs: 200, maxUnsentPerPerson: 1_000 } });
    chatId = await startChat(host, john);
    file = await photo();
    imageId = (await sendFiles(host, john, chatId, [file])).body.images?.[0]?.id ?? 0;
  });
  after(() => host.close());
  afterEach(() => expect(unhandled()).to.deep.equal([]));
  beforeEach(async () => {
    unhandled = watchUnhandled();
    const images = [{ contentType: 'image/jpeg', bytes: file.length }];
    const asked = await host.as(john).post<{ uploads: { key: string }[] }>(`/api/chats/${chatId}/uploads`, { images });
    raw = asked.body.uploads[0]?.key ?? '';
    await store.put(raw, file, { contentType: 'image/jpeg', bytes: file.length });
  });

  const post = (path: string, body: unknown): Promise<Answer<unknown>> =>
    host.as(john).post(`/api/chats/${chatId}/${path}`, body);
  const sendRaw = (): Promise<Answer<unknown>> => post('messages', { imageUrls: [raw] });

  // Where it leads is none of this test's.
  const getImage = (): Promise<Answer<unknown>> =>
    host.as(smith).request(`/api/chats/${chatId}/images/${imageId}`, { redirect: 'manual' });

  const notUrls = { nothing: undefined, null: null, 'a number': 7, 'no text': '', 'two lines': 'https://a/\r\nX: y' };
  const away = 'image_store_unavailable';
  const uses: Record<Exclude<keyof ImageStore, 'routes' | 'start' | 'close' | 'removeAbandoned'>, readonly Use[]> = {
    // What they answer with means nothing.
    put: [
      { ask: () => sendFiles(host, john, chatId, [file, file]), outcome: away, wrong: {} },
      { ask: sendRaw, outcome: away, wrong: {} },
    ],
    delete: [{ ask: sendRaw, outcome: 201, wrong: {} }],
    head: [
      {
        ask: sendRaw,
        outcome: away,
        wrong: { 'a text': 'yes', 'no size': { contentType: 'image/jpeg' }, 'a size as text': { bytes: '7' } },
      },
    ],
    get: [
      {
        ask: sendRaw,
        outcome: away,
        wrong: { 'a text': 'bytes', bytes: Buffer.from('bytes'), 'an object': {} },
      },
    ],
    signGetUrl: [
      { ask: () => host.as(smith).get(`/api/chats/${chatId}/messages`), outcome: away, wrong: notUrls },
      { ask: getImage, outcome: away, wrong: notUrls },
      { ask: () => sendFiles(host, john, chatId, [file]), outcome: away, wrong: {} },
    ],
    signUpload: [
      {
        ask: () => post('uploads', { images: [{ contentType: 'image/jpeg', bytes: 7 }] }),
        outcome: away,
        wrong: {
          nothing: undefined,
          'a text': 'https://pictures.example/a',
          'no end': { method: 'PUT', url: 'https://pictures.example/a', headers: {} },
          'an end that is no time': { method: 'PUT', url: 'https://a.example', headers: {}, expiresAt: 'soon' },
        },
      },
    ],
  };

  for (const [method, ofMethod] of Object.entries(uses)) {
    for (const [index, { ask, outcome, wrong }] of ofMethod.entries()) {
      const ways = {
        ...waysToFail(wrong),
        ...(index === 0 ? { 'never answers': () => new Promise(() => undefined) } : {}),
      };
      for (const [how, fail] of Object.entries(ways)) {
        it(`fails one request at most: ${method}, in use ${index + 1}, ${how}`, async () => {
          const before = await kept();
          Object.assign(broken, { [method]: fail });
          const answer = await ask();
          Reflect.deleteProperty(broken, method);
          if (outcome === 201) expect(answer.status).to.equal(201);
          else {
            expectRefusal(answer, outcome);
            expect(await kept()).to.deep.equal(before);
          }
          expect(await orphans()).to.deep.equal([]);
          if (outcome !== 201) expect((await ask()).status).to.be.within(200, 302);
        });
      }
    }
  }

  const bodies: Record<string, () => Readable> = {
    'fails before anybody reads it': () => {
      const body = new Readable({ read: () => undefined });
      process.nextTick(() => body.destroy(new Error('not today')));
      return body;
    },
    'breaks off': () =>
      Readable.from(
        (async function* () {
          yield file.subarray(0, 10);
          throw new Error('not today');
        })(),
      ),
    'never comes': () => new Readable({ read: () => undefined }),
    'is none': () => Readable.from([{ not: 'bytes' }]),
  };
  for (const [how, body] of Object.entries(bodies)) {
    it(`fails one request and no process when the body that it gives ${how}`, async () => {
      const before = await kept();
      broken.get = async () => body();
      expectRefusal(await sendRaw(), away);
      delete broken.get;
      expect(await kept()).to.deep.equal(before);
      expect((await sendRaw()).status).to.equal(201);
    });
  }

  it('lets a text through while it never answers', async () => {
    broken.put = () => new Promise(() => undefined);
    const failing = sendFiles(host, john, chatId, [file]);
    const said = await host.as(smith).post<WireMessage>(`/api/chats/${chatId}/messages`, { content: randomUUID() });
    expect(said.status).to.equal(201);
    expectRefusal(await failing, away);
    delete broken.put;
  });

  /** What a failed request must leave as it was: messages, images that can be sent or are, and their objects. */
  async function kept(): Promise<unknown> {
    const [messages] = await host.database.query('SELECT count(*) FROM chat.messages');
    const images = await host.database.query<{ key: string }>(
      'SELECT key, message_id FROM chat.images WHERE condemned_at IS NULL ORDER BY key',
    );
    return { messages, images, objects: [...objects.keys()].sort() };
  }

  /** Objects that no row knows of, which no sweep would remove. */
  async function orphans(): Promise<string[]> {
    const rows = await host.database.query<{ key: string; object_key: string | null }>(
      'SELECT key, object_key FROM chat.images',
    );
    const known = new Set(rows.flatMap(({ key, object_key }) => [key, object_key, `${object_key}-thumbnail`]));
    return [...objects.keys()].filter((key) => !known.has(key));
  }
});
