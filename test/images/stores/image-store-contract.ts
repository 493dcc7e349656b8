import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import sinon from 'sinon';
import type { ImageStore, StoredObject, UploadTarget } from '../../../lib/images/image-store.js';
import { codeOf } from './code-of.js';

/** A store to try, whose objects nobody else sees. URLs live for `urlTtlSeconds` = 60. */
export interface StoreOnTrial {
  readonly store: ImageStore;
  /** Where a relative URL leads. */
  readonly origin: string;
  close(): Promise<void>;
}

const jpeg: StoredObject = { contentType: 'image/jpeg', bytes: 5 };
const hello = Buffer.from('hello');
const wayBack = (seconds: number): sinon.SinonFakeTimers =>
  sinon.useFakeTimers({ now: Date.now() - seconds * 1_000, toFake: ['Date'] });

/** What every image store must do. Call it inside a `describe`. */
export function itKeepsTheContract(open: () => Promise<StoreOnTrial>): void {
  let trial: StoreOnTrial;
  let store: ImageStore;
  before(async () => {
    trial = await open();
    ({ store } = trial);
    await store.start?.();
  });
  after(() => trial?.close());
  afterEach(() => sinon.restore());

  const load = async (url: string): Promise<Response> => fetch(new URL(url, trial.origin));

  it('gives back what was put, with its type and size', async () => {
    await store.put('images/a', hello, jpeg);
    expect(await store.head('images/a')).to.deep.equal(jpeg);
    expect((await readAll('images/a'))?.toString()).to.equal('hello');
  });

  it('stores a stream', async () => {
    await store.put('images/streamed', Readable.from([Buffer.from('he'), Buffer.from('llo')]), jpeg);
    expect((await readAll('images/streamed'))?.toString()).to.equal('hello');
  });

  it('replaces an object, its type and its size', async () => {
    await store.put('images/b', hello, jpeg);
    await store.put('images/b', Buffer.from('good bye'), { contentType: 'image/webp', bytes: 8 });
    expect(await store.head('images/b')).to.deep.equal({ contentType: 'image/webp', bytes: 8 });
    expect((await readAll('images/b'))?.toString()).to.equal('good bye');
  });

  it('has nothing under a key that was never put', async () => {
    expect(await store.head('images/never')).to.equal(null);
    expect(await store.get('images/never')).to.equal(null);
  });

  it('deletes many at once, and what is not there too', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `images/many-${i}`);
    for (const key of keys) await store.put(key, hello, jpeg);
    await store.delete([...keys, 'images/never']);
    expect(await Promise.all(keys.map((key) => store.head(key)))).to.deep.equal(keys.map(() => null));
  });

  it('stores nothing of a body that breaks off', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('he');
        throw new Error('cut off');
      })(),
    );
    await store.put('images/broken', broken, jpeg).then(
      () => expect.fail('it was stored'),
      () => undefined,
    );
    expect(await store.head('images/broken')).to.equal(null);
  });

  it('stores nothing once it is told to stop', async () => {
    const stop = new AbortController();
    const endless = new Readable({ read: () => undefined });
    endless.push('he');
    const stored = store.put('images/stopped', endless, jpeg, stop.signal);
    stop.abort();
    expect(await stored.catch((error: Error) => error.name)).to.equal('AbortError');
    endless.destroy();
    expect(await store.head('images/stopped')).to.equal(null);
  });

  it('refuses a key that is no key of ours, before it touches anything', async () => {
    for (const key of [
      '../secret',
      '/etc/passwd',
      'a/../b',
      'a//b',
      'A',
      '',
      '.hidden',
      'a/.b',
      'a\0b',
      'x'.repeat(201),
    ]) {
      const outcome = await Promise.resolve()
        .then(() => store.head(key))
        .catch((error: unknown) => error);
      expect(outcome, key).to.be.instanceOf(TypeError);
    }
  });

  describe('a signed GET URL', () => {
    it('shows the object as the signed type, to a browser alone', async () => {
      await store.put('images/shown', hello, { contentType: 'text/html', bytes: 5 });
      const response = await load(await store.signGetUrl('images/shown', 'image/jpeg'));
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('image/jpeg');
      expect(response.headers.get('content-length')).to.equal('5');
      expect(response.headers.get('content-disposition')).to.equal('inline');
      expect(response.headers.get('cache-control')).to.match(/^private, max-age=\d+, immutable$/);
      expect(await response.text()).to.equal('hello');
    });

    it('stays the same within its window and lives for its time at least', async () => {
      const clock = wayBack(0);
      const first = await store.signGetUrl('images/shown', 'image/jpeg');
      const same = await store.signGetUrl('images/shown', 'image/jpeg');
      expect(same).to.equal(first);
      clock.tick(120_000);
      expect(await store.signGetUrl('images/shown', 'image/jpeg')).not.to.equal(first);
    });

    it('works until its time is over, and no longer', async () => {
      expect((await load(await signedAgo(58))).status).to.equal(200);
      expect((await load(await signedAgo(95))).status).to.equal(403);
    });

    it('is refused when anything in it was changed', async () => {
      const url = await store.signGetUrl('images/shown', 'image/jpeg');
      await store.put('images/other', hello, jpeg);
      expect((await load(url.replace('images/shown', 'images/other'))).status).to.equal(403);
      expect((await load(url.replace('image%2Fjpeg', 'text%2Fhtml'))).status).to.equal(403);
      expect(
        (await load(url.replace(/ignature=./, (text) => (text.endsWith('0') ? 'ignature=1' : 'ignature=0')))).status,
      ).to.equal(403);
    });

    it('leads nowhere once the object is gone', async () => {
      expect((await load(await store.signGetUrl('images/never', 'image/jpeg'))).status).to.equal(404);
    });

    async function signedAgo(seconds: number): Promise<string> {
      const clock = wayBack(seconds);
      const url = await store.signGetUrl('images/shown', 'image/jpeg');
      clock.restore();
      return url;
    }
  });

  describe('a signed upload', () => {
    it('stores exactly what it was made for', async () => {
      const target = await store.signUpload('uploads/ok', jpeg);
      expect(new Date(target.expiresAt).getTime()).to.be.within(Date.now() + 50_000, Date.now() + 61_000);
      expect((await upload(target, hello)).status).to.be.within(200, 204);
      expect(await store.head('uploads/ok')).to.deep.equal(jpeg);
    });

    for (const [what, body, type] of [
      ['more bytes', Buffer.from('hello!'), 'image/jpeg'],
      ['fewer bytes', Buffer.from('hell'), 'image/jpeg'],
      ['another type', hello, 'image/svg+xml'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const key = `uploads/${what.replace(' ', '-')}`;
        const target = await store.signUpload(key, jpeg);
        expect((await upload(target, body, type)).status).to.be.within(400, 415);
        expect(await store.head(key)).to.equal(null);
      });
    }

    it('is refused for another key', async () => {
      const { url, fields, ...target } = await store.signUpload('uploads/mine', jpeg);
      const forged = {
        ...target,
        url: url.replace('uploads/mine', 'uploads/theirs'),
        ...(fields === undefined
          ? {}
          : { fields: { ...fields, key: String(fields['key']).replace('mine', 'theirs') } }),
      };
      expect((await upload(forged, hello)).status).to.be.within(400, 403);
      expect(await store.head('uploads/theirs')).to.equal(null);
    });

    it('is refused when its time is over', async () => {
      const clock = wayBack(62);
      const target = await store.signUpload('uploads/late', jpeg);
      clock.restore();
      expect((await upload(target, hello)).status).to.be.within(400, 403);
      expect(await store.head('uploads/late')).to.equal(null);
    });

    it('cannot be read with, nor a link to read be written with', async () => {
      await store.put('images/kept', hello, jpeg);
      const target = await store.signUpload('uploads/one-way', jpeg);
      if (target.method === 'PUT') expect((await load(target.url)).status).to.equal(403);
      const url = await store.signGetUrl('images/kept', 'image/jpeg');
      const answer = await fetch(new URL(url, trial.origin), {
        method: 'PUT',
        body: 'other',
        headers: { 'Content-Type': 'image/jpeg' },
      });
      expect(answer.status).to.equal(403);
      expect((await readAll('images/kept'))?.toString()).to.equal('hello');
    });
  });

  async function readAll(key: string): Promise<Buffer | null> {
    const body = await store.get(key);
    return body && buffer(body);
  }

  /** As a browser does it. */
  async function upload(
    { method, url, headers, fields }: UploadTarget,
    body: Buffer,
    type?: string,
  ): Promise<Response> {
    if (fields === undefined) {
      const sent = type === undefined ? headers : { ...headers, 'Content-Type': type };
      return fetch(new URL(url, trial.origin), { method, headers: sent, body: new Uint8Array(body) });
    }
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      form.append(name, name === 'Content-Type' ? (type ?? value) : value);
    }
    form.append('file', new Blob([new Uint8Array(body)]));
    return fetch(new URL(url, trial.origin), { method, headers, body: form });
  }
}

/** What an unreachable store must answer, whatever is asked of it. */
export function itSaysThatItIsUnavailable(open: () => Promise<ImageStore>): void {
  const calls: Record<string, (store: ImageStore) => Promise<unknown>> = {
    put: (store) => store.put('images/a', hello, jpeg),
    head: (store) => store.head('images/a'),
    get: (store) => store.get('images/a'),
    delete: (store) => store.delete(['images/a']),
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`says so from ${name}`, async () => {
      expect(await codeOf(call(await open()))).to.equal('image_store_unavailable');
    });
  }
}
