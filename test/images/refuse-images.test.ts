import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect } from 'chai';
import { diskImageStore } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { blackPng } from './corpus/files.js';
import { objectsIn, photo, sendFiles } from './support.js';

const { john, nia, smith } = people;

describe('images that are refused', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  let dir: string;
  let tempDir: string;
  let path: string;
  before(async () => {
    [dir, tempDir] = [await makeFolder('images'), await makeFolder('temp')];
    host = await startChatHost({ images: { store: diskImageStore({ dir }), tempDir, maxBytes: 100_000 } });
    chatId = await startChat(host, john);
    path = `/api/chats/${chatId}/messages`;
    // Koa says on the console that a client broke off; here they do so on purpose.
    host.app.silent = true;
  });
  after(() => host.close());

  afterEach('nothing was kept', async () => {
    expect(await host.database.query('SELECT id FROM chat.messages')).to.deep.equal([]);
    expect(await host.database.query('SELECT id FROM chat.images')).to.deep.equal([]);
    expect(await objectsIn(dir)).to.deep.equal([]);
    expect(await readdir(tempDir)).to.deep.equal([]);
    expect(host.log.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('are six', async () => {
    const file = await photo();
    expectRefusal(await sendFiles(host, john, chatId, Array(6).fill(file)), 'too_many_images', { maxPerMessage: 5 });
  });

  it('are one too large, told before it is all there or after', async () => {
    const details = { maxBytes: 100_000 };
    expectRefusal(await sendFiles(host, john, chatId, [Buffer.alloc(100_001)]), 'image_too_large', details);
    expectRefusal(await sendFiles(host, john, chatId, [Buffer.alloc(10_000_000)]), 'image_too_large', details);
  });

  it('are no images, or bombs, and which of them is told', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    expectRefusal(await sendFiles(host, john, chatId, [await photo(), svg]), 'unsupported_image_type', {
      index: 1,
      reason: 'not_an_image',
    });
    const bomb = blackPng(10_000, 10_000);
    expectRefusal(await sendFiles(host, john, chatId, [bomb]), 'image_too_large', {
      index: 0,
      reason: 'too_many_pixels',
    });
  });

  it('are those of a stranger, who learns as much as with words', async () => {
    expectRefusal(await sendFiles(host, nia, chatId, [await photo()]), 'not_participant');
    expectRefusal(await sendFiles(host, nia, 999, [await photo()]), 'chat_not_found');
  });

  it('come in a field of another name', async () => {
    const form = new FormData();
    form.append('photo', new Blob(['x']));
    expectRefusal(await host.as(john).postForm(path, form), 'invalid_multipart');
  });

  it('come with names in brackets, or with too many or too long fields', async () => {
    for (const [name, value, count] of [
      ['content[x]', 'x', 1],
      ['constructor[prototype]', 'x', 1],
      ['f', 'x', 11],
      ['n'.repeat(200), 'x', 1],
      ['f', 'x'.repeat(400_000), 1],
    ] as const) {
      const form = new FormData();
      for (let i = 0; i < count; i += 1) form.append(name, value);
      expectRefusal(await host.as(john).postForm(path, form), 'invalid_multipart');
    }
    const form = new FormData();
    form.append('content', 'x'.repeat(400_000));
    expectRefusal(await host.as(john).postForm(path, form), 'message_too_long');
  });

  it('come in a form that is none', async () => {
    const type = 'multipart/form-data; boundary=b';
    for (const [contentType, body] of [
      ['multipart/form-data', 'x'],
      [type, ''],
      [type, 'no boundary in sight'],
      [type, '--b\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\nhalf'],
      [type, '--b\r\n\r\nwithout a name\r\n--b--\r\n'],
    ] as const) {
      const answer = await host
        .as(john)
        .request(path, { method: 'POST', headers: { 'Content-Type': contentType }, body });
      expectRefusal(answer, 'invalid_multipart');
    }
  });

  it('come as no form and no JSON', async () => {
    for (const contentType of [
      'image/jpeg',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/mixed; boundary=b',
      '',
    ]) {
      const headers = { 'Content-Type': contentType };
      const answer = await host.as(john).request(path, { method: 'POST', headers, body: new Uint8Array([1]) });
      expectRefusal(answer, 'unsupported_content_type');
    }
  });

  it('break off with their client', async () => {
    for (const half of [0, 1, 2]) {
      const body = Buffer.concat([
        Buffer.from('--b\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n'),
        Buffer.alloc(half * 40_000, 'x'),
      ]);
      const socket = connect({ port: Number(new URL(host.url).port), host: '127.0.0.1' });
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${host.tokenOf(john)}\r\n` +
          `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 200000\r\n\r\n`,
      );
      await new Promise((resolve) => socket.write(body, resolve));
      await folderAppears();
      socket.destroy();
      await once(socket, 'close');
      await folderGoes();
    }
    // The service goes on.
    expect((await host.as(smith).get('/api/chats')).status).to.equal(200);
  });

  it('are any where there is no store, and words are not', async () => {
    const text = await startChatHost({ images: { store: undefined } });
    try {
      const chat = await startChat(text, john);
      expectRefusal(await sendFiles(text, john, chat, [await photo()]), 'unsupported_content_type');
      const body = { images: [{ contentType: 'image/jpeg', bytes: 1 }] };
      expectRefusal(await text.as(john).post(`/api/chats/${chat}/uploads`, body), 'unsupported_content_type');
      const keys = { imageUrls: [`uploads/${'0'.repeat(32)}`] };
      expectRefusal(await text.as(john).post(`/api/chats/${chat}/messages`, keys), 'image_key_invalid');
      expect((await sendFiles(text, john, chat, [], { content: 'words' })).status).to.equal(201);
    } finally {
      await text.close();
    }
  });

  /** Looks until it is so; the runner's own limit ends a search in vain. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  }
  const folderAppears = (): Promise<void> => until(async () => (await readdir(tempDir)).length > 0);
  const folderGoes = (): Promise<void> => until(async () => (await readdir(tempDir)).length === 0);
});
