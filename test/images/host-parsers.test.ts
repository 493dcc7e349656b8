import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import multer from '@koa/multer';
import { expect } from 'chai';
import type Koa from 'koa';
import type { Middleware } from 'koa';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { expectBlocks } from './corpus/blocks.js';
import { load, photo, sendFiles } from './support.js';

const { john } = people;

/** What multer leaves on disk, put as formidable, and koa-body with it, puts it. */
function asFormidable(shape: (files: multer.File[]) => unknown): Middleware {
  return async (ctx, next) => {
    const files = (ctx.request.files ?? []) as multer.File[];
    Object.assign(ctx.request, { files: shape(files) });
    Object.assign(ctx, { files: undefined });
    await next();
  };
}

const formidable = ({ path, size, mimetype, originalname }: multer.File) => ({
  filepath: path,
  size,
  mimetype,
  originalFilename: originalname,
  newFilename: randomUUID(),
});

/** How hosts parse multipart bodies before the module sees them. */
const parsers: Record<string, (dir: string) => Middleware[]> = {
  '@koa/multer in memory': () => [multer().any()],
  '@koa/multer on disk': (dest) => [multer({ dest }).any()],
  '@koa/multer by field': (dest) => [multer({ dest }).fields([{ name: 'images' }])],
  'formidable, with a list for each field': (dest) => [
    multer({ dest }).any(),
    asFormidable((files) => ({ images: files.map(formidable) })),
  ],
  'formidable, with one file alone': (dest) => [
    multer({ dest }).any(),
    asFormidable(([file]) => (file === undefined ? {} : { images: formidable(file) })),
  ],
  'an old formidable': (dest) => [
    multer({ dest }).any(),
    asFormidable((files) => ({ images: files.map(({ path, size }) => ({ path, size })) })),
  ],
};

describe("a form that the host's own parser has read", function () {
  this.timeout(60_000);
  for (const [parser, make] of Object.entries(parsers)) {
    describe(`by ${parser}`, () => {
      let host: ChatHost;
      let chatId: number;
      let dir: string;
      before(async () => {
        dir = await makeFolder('host');
        const prepare = (app: Koa): void => make(dir).forEach((middleware) => app.use(middleware));
        host = await startChatHost({ images: { maxPerMessage: 1, maxBytes: 50_000 } }, { prepare });
        chatId = await startChat(host, john);
      });
      after(() => host.close());

      it('is a message as any other', async () => {
        const { status, body } = await sendFiles(host, john, chatId, [await photo()], { content: 'Look' });
        expect({ status, content: body.content }).to.deep.equal({ status: 201, content: 'Look' });
        await expectBlocks(Buffer.from(await (await load(host, body.imageUrls[0] ?? '')).arrayBuffer()));
      });

      it('may have words alone', async () => {
        const { status, body } = await sendFiles(host, john, chatId, [], { content: 'words' });
        expect({ status, content: body.content }).to.deep.equal({ status: 201, content: 'words' });
      });

      it('keeps to the limits', async () => {
        expectRefusal(await sendFiles(host, john, chatId, [Buffer.alloc(50_001)]), 'image_too_large', {
          maxBytes: 50_000,
        });
        if (parser.includes('one file')) return;
        const two = await Promise.all([photo(), photo()]);
        expectRefusal(await sendFiles(host, john, chatId, two), 'too_many_images', { maxPerMessage: 1 });
      });

      it('is read again by a retry, and known', async () => {
        const fields = { clientMessageId: 'again' };
        const first = await sendFiles(host, john, chatId, [await photo()], fields);
        const again = await sendFiles(host, john, chatId, [await photo()], fields);
        expect(again.body.id).to.equal(first.body.id);
      });
    });
  }

  it("leaves the host's files to the host", async () => {
    const dir = await makeFolder('host');
    let path = '';
    const prepare = (app: Koa): void => {
      app.use(multer({ dest: dir }).any());
      app.use(async (ctx, next) => {
        path = join(dir, (ctx.request.files as multer.File[])[0]?.filename ?? '');
        await next();
      });
    };
    const host = await startChatHost({}, { prepare });
    const chatId = await startChat(host, john);
    expect((await sendFiles(host, john, chatId, [await photo()])).status).to.equal(201);
    await access(path);
    await host.close();
  });
});
