import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { diskImageStore, type ImageStore, type StoredObject, type UploadTarget } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { photo, sendFiles } from './support.js';

const { john } = people;

/** As a host writes one: a class, which holds on to a client that holds on to itself, and to secrets. */
class OwnStore implements ImageStore {
  readonly client: { self?: unknown; secret: string } = { secret: 'x' };
  readonly #disk: ImageStore;

  constructor(dir: string) {
    this.#disk = diskImageStore({ dir });
    this.client.self = this.client;
  }

  put(key: string, body: Buffer | Readable, object: StoredObject, signal?: AbortSignal): Promise<void> {
    return this.#disk.put(key, body, object, signal);
  }
  head(key: string): Promise<StoredObject | null> {
    return this.#disk.head(key);
  }
  get(key: string, signal?: AbortSignal): Promise<Readable | null> {
    return this.#disk.get(key, signal);
  }
  delete(keys: readonly string[]): Promise<void> {
    return this.#disk.delete(keys);
  }
  signGetUrl(key: string, contentType: string): string | Promise<string> {
    return this.#disk.signGetUrl(key, contentType);
  }
  signUpload(key: string, object: StoredObject): Promise<UploadTarget> {
    return this.#disk.signUpload(key, object);
  }
}

describe("a store of the host's own", function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  before(async () => {
    host = await startChatHost({ images: { store: new OwnStore(await makeFolder('images')) } });
    chatId = await startChat(host, john);
  });
  after(() => host.close());

  it('may be a class that holds on to whatever it likes', async () => {
    const { status, body } = await sendFiles(host, john, chatId, [await photo()]);
    expect({ status, images: body.images?.length }).to.deep.equal({ status: 201, images: 1 });
  });
});
