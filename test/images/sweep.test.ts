import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import type { Database } from '../../lib/database/database.js';
import type { Sweeper } from '../../lib/images/sweeper.js';
import { chatError, diskImageStore, type ImageOptions, type ImageStore } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { ageImages, openSweeper } from './other-process.js';
import { askForUpload, load, objectsIn, photo, preUpload, putFile, sendFiles, type WireMessage } from './support.js';

const { john } = people;

describe('the sweep of unsent images', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  let dir: string;
  let store: ImageStore;
  const databases: Database[] = [];

  beforeEach(async () => {
    dir = await makeFolder('images');
    store = diskImageStore({ dir });
    host = await startChatHost({ images: { store } });
    chatId = await startChat(host, john);
  });
  afterEach(async () => {
    for (const database of databases.splice(0)) await database.close();
    await host.close();
  });

  it('removes an upload that was not sent in time, the row last', async () => {
    const key = await preUpload(host, john, chatId, await photo());
    await sweeper().sweep();
    expect(await store.head(key), 'not yet').not.to.equal(null);
    await age();
    await sweeper(failingDelete())
      .sweep()
      .catch(() => undefined);
    expect(await rows(), 'known for as long as its object is there').to.equal(1);
    await age();
    await sweeper().sweep();
    expect(await objectsIn(dir)).to.deep.equal([]);
    expect(await rows()).to.equal(0);
    expectRefusal(await send(key), 'image_key_invalid');
  });

  it('removes nothing of a message, however old, but the raw upload that its client wrote again', async () => {
    const upload = await askForUpload(host, john, chatId, (await photo()).length);
    await putFile(host, upload, await photo());
    const { body } = await send(upload.key);
    await sendFiles(host, john, chatId, [await photo()]);
    await putFile(host, upload, await photo());
    const kept = (await objectsIn(dir)).filter((name) => !upload.key.endsWith(name));
    await age();
    await sweeper().sweep();
    expect(await objectsIn(dir)).to.deep.equal(kept);
    expect(kept).to.have.lengthOf(4);
    expect((await load(host, body.imageUrls[0] ?? '')).status).to.equal(200);
    expect(await rows()).to.equal(2);
  });

  it('keeps the row of what was given up until nobody can write its object any more', async () => {
    const key = await preUpload(host, john, chatId, Buffer.from('no image'));
    expectRefusal(await send(key), 'unsupported_image_type');
    expect(await rows()).to.equal(1);
    await sweeper().sweep();
    expect(await rows(), 'while its link works').to.equal(1);
    await age();
    await sweeper().sweep();
    expect(await rows()).to.equal(0);
  });

  it('takes on what another process gave up and left', async () => {
    await preUpload(host, john, chatId, await photo());
    await host.database.query('UPDATE chat.images SET condemned_at = now()');
    await sweeper().sweep();
    expect(await rows(), 'somebody works on it').to.equal(1);
    await age();
    await sweeper().sweep();
    expect([await rows(), await objectsIn(dir)]).to.deep.equal([0, []]);
  });

  it('shares the work with other processes', async () => {
    const count = 250;
    await host.database.query(
      `INSERT INTO chat.images (key, chat_id, uploader_type, uploader_id, content_type, bytes, expires_at)
       SELECT 'uploads/' || lpad(to_hex(n), 32, '0'), $1, 'customer', 1, 'image/jpeg', 5, now() - interval '1 day'
         FROM generate_series(1, $2) n`,
      [chatId, count],
    );
    const deleted: string[] = [];
    const counting = { ...store, delete: async (keys: readonly string[]) => void deleted.push(...keys) };
    await Promise.all([1, 2, 3].map(() => sweeper(counting).sweep()));
    expect(await rows()).to.equal(0);
    expect(deleted).to.have.lengthOf(count);
    expect(new Set(deleted)).to.have.property('size', count);
  });

  it('races with a message for an image, and one of them has it whole', async () => {
    for (let i = 0; i < 10; i += 1) {
      const key = await preUpload(host, john, chatId, await photo());
      await host.database.query(`UPDATE chat.images SET expires_at = now() - interval '1 day' WHERE key = $1`, [key]);
      const [answer] = await Promise.all([send(key), sweeper().sweep()]);
      if (answer.status === 201) expect((await load(host, answer.body.imageUrls[0] ?? '')).status).to.equal(200);
      else expectRefusal(answer, 'image_key_invalid');
    }
    await age();
    await sweeper().sweep();
    const [sent] = await host.database.query<{ n: string }>(
      'SELECT count(*) AS n FROM chat.images WHERE message_id IS NOT NULL',
    );
    expect(await objectsIn(dir)).to.have.lengthOf(Number(sent?.n) * 2);
    expect(await rows()).to.equal(Number(sent?.n));
  });

  it('comes to its end with a slow store', async () => {
    await host.database.query(
      `INSERT INTO chat.images (key, chat_id, uploader_type, uploader_id, content_type, bytes, expires_at)
       SELECT 'uploads/' || lpad(to_hex(n), 32, '0'), $1, 'customer', 1, 'image/jpeg', 5, now() - interval '1 day'
         FROM generate_series(1, 100) n`,
      [chatId],
    );
    const slow: ImageStore = {
      ...store,
      delete: async (keys) => void (await setTimeout(20 * keys.length)),
    };
    await sweeper(slow, { storeTimeoutMs: 1_000 }).sweep();
    expect(await rows()).to.equal(0);
  });

  it('removes what processes that were killed left, long after its own began', async () => {
    const tempDir = await makeFolder('temp');
    const left = [join(tempDir, 'koa-chat-images-left'), join(dir, 'drafts', 'left')] as const;
    await mkdir(left[0]);
    await writeFile(left[1], 'a raw photo');
    await sweeper(store, { tempDir }).sweep();
    expect(await Promise.all(left.map(isThere)), 'they may be in use').to.deep.equal([true, true]);
    for (const path of left) await utimes(path, 0, 0);
    await sweeper(store, { tempDir }).sweep();
    expect(await Promise.all(left.map(isThere))).to.deep.equal([false, false]);
  });

  it('does not begin after its stop', async () => {
    const late = sweeper();
    await late.stop();
    const timers = sinon.useFakeTimers({ toFake: ['setTimeout'] });
    late.start();
    expect(timers.countTimers()).to.equal(0);
    timers.restore();
  });

  it('goes on another time when the store is away', async () => {
    await preUpload(host, john, chatId, await photo());
    await age();
    expect(
      await sweeper(failingDelete())
        .sweep()
        .catch((error: unknown) => error),
    ).to.have.property('code', 'image_store_unavailable');
    await age();
    await sweeper().sweep();
    expect(await rows()).to.equal(0);
  });

  const send = (key: string) => host.as(john).post<WireMessage>(`/api/chats/${chatId}/messages`, { imageUrls: [key] });
  const failingDelete = (): ImageStore => ({
    ...store,
    delete: () => Promise.reject(chatError('image_store_unavailable')),
  });

  const age = () => ageImages(host.database);

  async function rows(): Promise<number> {
    return (await host.database.query('SELECT id FROM chat.images')).length;
  }

  const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

  function sweeper(over: ImageStore = store, images: ImageOptions = {}): Sweeper {
    const opened = openSweeper({ url: host.databaseUrl }, over, images);
    databases.push(opened.database);
    return opened.sweeper;
  }
});
