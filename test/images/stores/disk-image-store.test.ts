import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { diskImageStore, ChatSetupError } from '../../../lib/index.js';
import { startChatHost, type ChatHost } from '../../support/chat-host.js';
import { makeFolder } from '../../support/run-folder.js';
import { itKeepsTheContract, itSaysThatItIsUnavailable } from './image-store-contract.js';

const jpeg = { contentType: 'image/jpeg', bytes: 5 };
const hello = Buffer.from('hello');

describe('the disk store', () => {
  describe('as every store', () => {
    itKeepsTheContract(async () => {
      const store = diskImageStore({ dir: await makeFolder('store'), urlTtlSeconds: 60 });
      const host = await startChatHost({ images: { store } });
      return { store, origin: host.url, close: () => host.close() };
    });
  });

  describe('whose folder cannot be written', () => {
    itSaysThatItIsUnavailable(async () => {
      const dir = await makeFolder('store');
      // A file where a folder must be: not even root gets past it.
      await writeFile(join(dir, 'objects'), '');
      await writeFile(join(dir, 'drafts'), '');
      return diskImageStore({ dir });
    });

    it('does not tell its path', async () => {
      const dir = await makeFolder('store');
      await writeFile(join(dir, 'drafts'), '');
      const error = await diskImageStore({ dir })
        .put('images/a', hello, jpeg)
        .catch((error: unknown) => error);
      expect(error).to.have.property('code', 'image_store_unavailable');
      expect(String((error as Error).cause))
        .to.include('EEXIST')
        .and.not.include(dir);
    });
  });

  describe('on the disk', () => {
    let dir: string;
    beforeEach(async () => void (dir = await makeFolder('store')));

    it('keeps its folders and files to its owner', async () => {
      const store = diskImageStore({ dir: join(dir, 'new') });
      await store.start?.();
      await store.put('images/a', hello, jpeg);
      for (const path of ['new', 'new/objects', 'new/objects/images']) {
        expect((await stat(join(dir, path))).mode & 0o777, path).to.equal(0o700);
      }
      for (const path of ['new/secret', 'new/objects/images/a']) {
        expect((await stat(join(dir, path))).mode & 0o777, path).to.equal(0o600);
      }
    });

    it('leaves no draft of what failed', async () => {
      const store = diskImageStore({ dir });
      await store.put('images/a', hello, { ...jpeg, bytes: 6 }).catch(() => undefined);
      await store.put('images/a', hello, { ...jpeg, bytes: 4 }).catch(() => undefined);
      expect(await readdir(join(dir, 'drafts'))).to.deep.equal([]);
      expect(await store.head('images/a')).to.equal(null);
    });

    it('clears away at its start what a killed process left half-written, and nothing newer', async () => {
      await mkdir(join(dir, 'drafts'));
      for (const name of ['old', 'new']) await writeFile(join(dir, 'drafts', name), 'x');
      await utimes(join(dir, 'drafts', 'old'), 0, 0);
      await diskImageStore({ dir }).start?.();
      expect(await readdir(join(dir, 'drafts'))).to.deep.equal(['new']);
    });

    it('makes one secret for processes that start at once, and signs alike after a restart', async () => {
      const now = (): number => 1_000_000_000_000;
      const sign = async (): Promise<string> => diskImageStore({ dir, now }).signGetUrl('images/a', 'image/jpeg');
      const urls = await Promise.all(Array.from({ length: 10 }, sign));
      expect(new Set([...urls, await sign()])).to.have.property('size', 1);
      expect(await readdir(dir)).to.deep.equal(['secret']);
      expect(await readFile(join(dir, 'secret'), 'utf8')).to.match(/^[0-9a-f]{64}\n$/);
    });

    it('signs with the secret it is given, and then keeps none', async () => {
      const now = (): number => 1_000_000_000_000;
      const sign = async (secret: string): Promise<string> =>
        diskImageStore({ dir, now, secret }).signGetUrl('images/a', 'image/jpeg');
      expect(await sign('a'.repeat(32))).not.to.equal(await sign('b'.repeat(32)));
      expect(await readdir(dir)).to.deep.equal([]);
    });
  });

  describe('at its URLs', () => {
    let host: ChatHost;
    const store = async () => diskImageStore({ dir: await makeFolder('store'), baseUrl: 'https://chat.example/base/' });

    before(async () => {
      host = await startChatHost({ images: { store: await store() } });
    });
    after(() => host.close());

    it('begins them with the base it is given', async () => {
      expect(await (await store()).signGetUrl('images/a', 'image/jpeg')).to.match(
        /^https:\/\/chat\.example\/base\/api\/chat-images\/images\/a\?type=image%2Fjpeg&expires=\d+&signature=[\w-]{43}$/,
      );
    });

    it('lets a browser show the picture and do nothing else', async () => {
      const store = diskImageStore({ dir: await makeFolder('store') });
      const host = await startChatHost({ images: { store } });
      await store.put('images/a', hello, jpeg);
      const { headers } = await fetch(host.url + (await store.signGetUrl('images/a', 'image/jpeg')));
      await host.close();
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('content-security-policy')).to.equal("default-src 'none'; sandbox");
      expect(headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
    });

    it('outlives a browser that goes away before the picture is there', async () => {
      const store = diskImageStore({ dir: await makeFolder('store') });
      const host = await startChatHost({ images: { store } });
      await store.put('images/a', hello, jpeg);
      const url = host.url + (await store.signGetUrl('images/a', 'image/jpeg'));
      // Files are opened by the threads that do this, and wait for it.
      const work = Array.from({ length: 8 }, () => promisify(pbkdf2)('', '', 50_000, 64, 'sha512'));
      const asked = get(url).on('error', () => undefined);
      const [, response] = (await once(host.server, 'request')) as [IncomingMessage, ServerResponse];
      asked.destroy();
      await Promise.all([once(response, 'close'), ...work]);
      expect((await fetch(url)).status).to.equal(200);
      await host.close();
    });

    it('gives nothing to whoever has left or leaves, though nobody listens', async () => {
      const store = diskImageStore({ dir: await makeFolder('store') });
      await store.put('images/a', hello, jpeg);
      const leave = new AbortController();
      for (const signal of [AbortSignal.abort(), leave.signal]) {
        const body = await store.get('images/a', signal);
        leave.abort();
        // Not by `once` of events, which would listen to errors.
        await new Promise((resolve) => body?.on('close', resolve));
        expect(body?.errored).to.have.property('name', 'AbortError');
      }
    });

    for (const [what, path] of Object.entries({
      'no signature': 'images/a?type=image%2Fjpeg&expires=9999999999',
      'a signature of another length': 'images/a?type=image%2Fjpeg&expires=9999999999&signature=short',
      'an expiry that is no number': `images/a?type=image%2Fjpeg&expires=soon&signature=${'a'.repeat(43)}`,
      'a path that climbs': `..%2F..%2Fsecret?type=image%2Fjpeg&expires=9999999999&signature=${'a'.repeat(43)}`,
    })) {
      it(`refuses ${what} with 403`, async () => {
        const { status, body } = await host.as(null).get<{ error: { code: string } }>(`/api/chat-images/${path}`);
        expect(status).to.equal(403);
        expect(body.error.code).to.equal('signature_invalid');
      });
    }
  });

  it('refuses options that it cannot use, each by its name', () => {
    const options = { dir: '', secret: 'short', baseUrl: 'ftp://x', urlTtlSeconds: 1, colour: 'red' };
    expect(() => diskImageStore(options))
      .to.throw(ChatSetupError)
      .with.property('faults')
      .that.satisfies((faults: string[]) =>
        ['dir', 'secret', 'baseUrl', 'urlTtlSeconds', 'colour'].every((name) =>
          faults.some((fault) => fault.startsWith(`diskImageStore.${name}: `)),
        ),
      );
  });
});
