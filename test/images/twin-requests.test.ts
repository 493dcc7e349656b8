import { expect } from 'chai';
import { chatError, diskImageStore, type ImageStore } from '../../lib/index.js';
import type { ImageRoom } from '../../lib/images/image-room.js';
import { useUploads } from '../../lib/images/use-uploads.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { openRoom } from './other-process.js';
import { load, photo, preUpload, type WireMessage } from './support.js';

const { john } = people;

describe('a request that makes the picture that its twin has sent meanwhile', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let store: ImageStore;
  let chatId: number;
  let key: string;
  let twin: ImageRoom;
  /** Resolves when the twin is about to store its picture, which it does once it is let. */
  let isAboutToStore: Promise<void>;
  let letItStore: () => void;

  before(async () => {
    store = diskImageStore({ dir: await makeFolder('images') });
    host = await startChatHost({ images: { store } });
    chatId = await startChat(host, john);
  });
  after(() => host.close());

  beforeEach(async () => {
    key = await preUpload(host, john, chatId, await photo());
    const allowed = new Promise<void>((resolve) => (letItStore = resolve));
    isAboutToStore = new Promise((resolve) => {
      const put: ImageStore['put'] = async (...args) => {
        resolve();
        await allowed;
        return store.put(...args);
      };
      twin = openRoom({ url: host.databaseUrl }, { ...store, put });
    });
  });
  afterEach(async () => {
    await Promise.all([twin.database.close(), twin.processor.close()]);
  });

  it('finds that it is the same', async () => {
    const used = useUploads(twin, john, chatId, [key]);
    await isAboutToStore;
    const url = await send();
    letItStore();
    await used;
    expect((await load(host, url)).status).to.equal(200);
  });

  it('leaves it where it is when the database does not say so', async () => {
    const { database, statements } = twin;
    const query: typeof database.query = (statement, values) =>
      (statement as unknown) === statements.findReady
        ? Promise.reject(chatError('database_unavailable'))
        : database.query(statement, values);
    const used = useUploads({ ...twin, database: { ...database, query } }, john, chatId, [key]);
    await isAboutToStore;
    const url = await send();
    letItStore();
    await expectRejection(used, 'database_unavailable');
    expect((await load(host, url)).status).to.equal(200);
  });

  it('removes what it stored of one that was given up', async () => {
    const used = useUploads(twin, john, chatId, [key]);
    await isAboutToStore;
    const [row] = await host.database.query<{ object_key: string }>(
      'UPDATE chat.images SET condemned_at = now() WHERE key = $1 RETURNING object_key',
      [key],
    );
    letItStore();
    await expectRejection(used, 'image_key_invalid');
    expect(await store.head(row?.object_key ?? '')).to.equal(null);
  });

  async function send(): Promise<string> {
    const { body } = await host.as(john).post<WireMessage>(`/api/chats/${chatId}/messages`, { imageUrls: [key] });
    return body.imageUrls[0] ?? '';
  }
});
