import { getEventListeners, once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { expect } from 'chai';
import { guardStore } from '../../lib/images/guarded-store.js';
import type { ImageStore } from '../../lib/images/image-store.js';

const key = 'chats/1/picture.png';
const object = { bytes: 1, contentType: 'image/png' };

describe('an image store behind its guard', () => {
  let outer: AbortController;
  let body: PassThrough;
  /** What the store was given to listen to. */
  let given: AbortSignal | undefined;
  let store: ImageStore;

  beforeEach(() => {
    outer = new AbortController();
    body = new PassThrough();
    const raw: Partial<ImageStore> = {
      put: async (_key, _body, _object, signal) => void (given = signal),
      get: async (_key, signal) => {
        given = signal;
        return body;
      },
    };
    store = guardStore(raw as ImageStore, 1_000);
  });

  const listeners = (): number => getEventListeners(outer.signal, 'abort').length;

  it('tells the store of whoever leaves while it works', async () => {
    const raw: Partial<ImageStore> = {
      put: (_key, _body, _object, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('told')))),
    };
    const failed = guardStore(raw as ImageStore, 1_000)
      .put(key, Buffer.of(1), object, outer.signal)
      .catch((error: unknown) => error);
    outer.abort();
    expect(await failed).to.have.nested.property('cause.message', 'told');
  });

  it('listens to nobody any more once the work is done', async () => {
    await store.put(key, Buffer.of(1), object, outer.signal);
    expect(listeners()).to.equal(0);
    outer.abort();
    expect(given?.aborted).to.equal(false);
  });

  it('lets an object go whose reader leaves after the answer', async () => {
    await store.get(key, outer.signal);
    outer.abort();
    await once(body, 'close');
    expect(body.destroyed).to.equal(true);
  });

  it('listens to nobody any more once an object is read', async () => {
    const found = (await store.get(key, outer.signal)) as Readable;
    expect(listeners()).to.equal(1);
    body.end('x');
    found.resume();
    await once(found, 'close');
    expect(listeners()).to.equal(0);
  });

  it('does the same for a stream that is no Readable of this Node', async () => {
    const copy = Object.setPrototypeOf(
      {
        destroy: () => body.destroy(),
        on: body.on.bind(body),
        once: body.once.bind(body),
        [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](),
      },
      null,
    ) as Readable;
    const raw: Partial<ImageStore> = { get: () => Promise.resolve(copy) };
    await guardStore(raw as ImageStore, 1_000).get(key, outer.signal);
    outer.abort();
    await once(body, 'close');
    expect(body.destroyed).to.equal(true);
  });
});
