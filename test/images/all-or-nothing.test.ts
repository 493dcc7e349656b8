import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { chatError, diskImageStore, type ImageStore } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { askForUpload, objectsIn, photo, preUpload, sendFiles, type WireMessage } from './support.js';

const { john, smith } = people;
const unavailable = chatError('image_store_unavailable');

describe('a message whose images cannot all be stored', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  let dir: string;
  let tempDir: string;
  let store: ImageStore;
  /** What fails, until the test is over. */
  let broken: Partial<ImageStore> = {};

  before(async () => {
    [dir, tempDir] = [await makeFolder('images'), await makeFolder('temp')];
    const disk = diskImageStore({ dir });
    store = new Proxy(disk, { get: (target, name) => Reflect.get({ ...target, ...broken }, name) as unknown });
    host = await startChatHost({ images: { store, tempDir } });
    chatId = await startChat(host, john);
  });
  after(() => host.close());
  afterEach(() => void (broken = {}));

  it('leaves no message and no object when the third of five fails', async () => {
    const disk = { ...store };
    let puts = 0;
    broken = {
      put: (...args) => {
        puts += 1;
        return puts === 5 ? Promise.reject(unavailable) : disk.put(...args);
      },
    };
    expectRefusal(await sendFiles(host, john, chatId, Array(5).fill(await photo())), 'image_store_unavailable');
    expect(puts).to.be.greaterThan(4);
    expect(await objectsIn(dir)).to.deep.equal([]);
    expect(await host.database.query('SELECT id FROM chat.messages')).to.deep.equal([]);
    expect(await readdir(tempDir)).to.deep.equal([]);
  });

  it('leaves no object when the message itself is refused', async () => {
    await host.chat.chats.close(chatId);
    expectRefusal(await sendFiles(host, john, chatId, [await photo()]), 'chat_closed');
    await host.database.query(`UPDATE chat.chats SET status = 'active'`);
    expect(await objectsIn(dir)).to.deep.equal([]);
  });

  it('leaves what it cannot clean up to the sweep, and says no more than that', async () => {
    const before = host.log.lines.length;
    broken = { put: () => Promise.reject(unavailable), delete: () => Promise.reject(unavailable) };
    expectRefusal(await sendFiles(host, john, chatId, [await photo()]), 'image_store_unavailable');
    const rows = await host.database.query(
      'SELECT condemned_at IS NOT NULL AS given_up FROM chat.images WHERE width = 64',
    );
    expect(rows).to.deep.include({ given_up: true });
    const said = host.log.lines.slice(before).map(({ message }) => message);
    expect(said).to.include('unsent images could not be removed and are left to the sweep');
  });

  describe('because the store is away', () => {
    const away: Partial<ImageStore> = {
      put: () => Promise.reject(unavailable),
      head: () => Promise.reject(unavailable),
      get: () => Promise.reject(unavailable),
      delete: () => Promise.reject(unavailable),
      signUpload: () => Promise.reject(unavailable),
    };

    it('is answered with 503 on every way, and words go through', async () => {
      const key = await preUpload(host, john, chatId, await photo());
      const { key: empty } = await askForUpload(host, john, chatId, 5);
      broken = away;
      expectRefusal(await sendFiles(host, john, chatId, [await photo()]), 'image_store_unavailable');
      const path = `/api/chats/${chatId}`;
      for (const imageUrls of [[key], [empty]]) {
        expectRefusal(await host.as(john).post(`${path}/messages`, { imageUrls }), 'image_store_unavailable');
      }
      const images = [{ contentType: 'image/jpeg', bytes: 5 }];
      expectRefusal(await host.as(john).post(`${path}/uploads`, { images }), 'image_store_unavailable');
      const [said] = await say(host, smith, chatId, 'words');
      expect(said).to.include({ content: 'words' });
      expect((await host.as(john).get<{ messages: WireMessage[] }>(`${path}/messages`)).body.messages).to.have.lengthOf(
        1,
      );

      broken = {};
      const later = await host.as(john).post<WireMessage>(`${path}/messages`, { imageUrls: [key] });
      expect(later.body.images, 'the upload can be sent once the store is back').to.have.lengthOf(1);
    });

    it('is read as it was: old URLs are still signed', async () => {
      broken = away;
      const { status, body } = await host
        .as(smith)
        .get<{ messages: WireMessage[] }>(`/api/chats/${chatId}/messages?limit=1`);
      expect({ status, images: body.messages[0]?.images?.length }).to.deep.equal({ status: 200, images: 1 });
    });
  });
});
