import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { diskImageStore, type ImageStore } from '../../../lib/index.js';
import { startChatHost, type ChatHost } from '../../support/chat-host.js';
import { makeFolder } from '../../support/run-folder.js';

describe('an upload to the disk store', () => {
  let host: ChatHost;
  let store: ImageStore;
  let dir: string;
  before(async () => {
    dir = await makeFolder('store');
    store = diskImageStore({ dir });
    host = await startChatHost({ images: { store } });
    // Koa says on the console that a client broke off; here they do so on purpose.
    host.app.silent = true;
  });
  after(() => host.close());

  it('may come in pieces without a length', async () => {
    const upload = await begin('uploads/pieces', 10);
    upload.write('hello');
    upload.end('world');
    expect((await answerTo(upload)).statusCode).to.equal(204);
    expect(await store.head('uploads/pieces')).to.deep.equal({ contentType: 'image/jpeg', bytes: 10 });
  });

  it('is refused at the first byte too many, and answered', async () => {
    const upload = await begin('uploads/more', 10);
    upload.write('hello world');
    const answer = await answerTo(upload);
    expect(answer.statusCode).to.equal(413);
    expect(await json(answer)).to.have.nested.property('error.code', 'image_too_large');
    upload.destroy();
    expect(await store.head('uploads/more')).to.equal(null);
    expect(await drafts()).to.deep.equal([]);
  });

  it('is refused when it ends early', async () => {
    const upload = await begin('uploads/fewer', 10);
    upload.end('hello');
    expect((await answerTo(upload)).statusCode).to.equal(400);
    expect(await store.head('uploads/fewer')).to.equal(null);
  });

  it('leaves nothing when its client goes away', async () => {
    const upload = await begin('uploads/gone', 1_000_000);
    upload.on('error', () => undefined);
    upload.write(Buffer.alloc(200_000));
    await until(async () => (await drafts()).length === 1);
    upload.destroy();
    await until(async () => (await drafts()).length === 0);
    expect(await store.head('uploads/gone')).to.equal(null);
    expect(host.log.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('ends the one before it of the same key, and no other', async () => {
    const other = await beginHalf('uploads/other');
    const former: ClientRequest[] = [];
    for (let i = 0; i < 4; i += 1) former.push(await beginHalf('uploads/again'));
    const last = await beginHalf('uploads/again');
    await until(() => Promise.resolve(former.every(({ destroyed }) => destroyed)));
    await until(async () => (await drafts()).length === 2);
    for (const upload of [last, other]) {
      upload.end('world');
      expect((await answerTo(upload)).statusCode).to.equal(204);
    }
    expect(await store.head('uploads/again')).to.deep.equal({ contentType: 'image/jpeg', bytes: 10 });
    expect(await drafts()).to.deep.equal([]);
    expect(host.log.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  /** One that the server knows of, with half of its bytes. */
  async function beginHalf(key: string): Promise<ClientRequest> {
    const [upload] = await Promise.all([begin(key, 10), once(host.server, 'request')]);
    upload.on('error', () => undefined);
    upload.write('hello');
    return upload;
  }

  const drafts = (): Promise<string[]> => readdir(join(dir, 'drafts'));

  async function begin(key: string, bytes: number): Promise<ClientRequest> {
    const { url, method, headers } = await store.signUpload(key, { contentType: 'image/jpeg', bytes });
    const upload = request(new URL(url, host.url), { method, headers });
    upload.flushHeaders();
    return upload;
  }

  async function answerTo(upload: ClientRequest): Promise<IncomingMessage> {
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    return answer;
  }

  /** Looks until it is so; the runner's own limit ends a search in vain. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  }
});
