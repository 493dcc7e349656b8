import { expect } from 'chai';
import { s3ImageStore } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { expectBlocks } from './corpus/blocks.js';
import { itNeedsS3, listKeys, makeBucket, type BucketOptions } from './stores/s3-bucket.js';
import { askForUpload, photo, putFile, sendFiles, type WireMessage } from './support.js';

const { john, smith } = people;

describe('images that are kept in S3', function () {
  this.timeout(60_000);
  itNeedsS3();

  let host: ChatHost;
  let bucket: BucketOptions;
  let chatId: number;
  before(async () => {
    bucket = await makeBucket();
    host = await startChatHost({ images: { store: s3ImageStore({ ...bucket, prefix: 'chat/' }) } });
    chatId = await startChat(host, john);
  });
  after(() => host?.close());

  it('are shown from there, and none of them goes through the service', async () => {
    const { body } = await sendFiles(host, john, chatId, [await photo()]);
    const page = await host.as(smith).get<{ messages: WireMessage[] }>(`/api/chats/${chatId}/messages`);
    expect(page.body.messages[0]?.imageUrls).to.deep.equal(body.imageUrls);
    const [url = ''] = body.imageUrls;
    expect(new URL(url).origin).to.equal(bucket.endpoint);
    await expectBlocks(Buffer.from(await (await fetch(url)).arrayBuffer()));
  });

  it('are uploaded there by a form', async () => {
    const file = await photo();
    const upload = await askForUpload(host, john, chatId, file.length);
    expect(upload.fields).to.be.an('object');
    expect((await putFile(host, upload, file)).status).to.equal(204);
    const sent = await host.as(john).post<WireMessage>(`/api/chats/${chatId}/messages`, { imageUrls: [upload.key] });
    await expectBlocks(Buffer.from(await (await fetch(sent.body.imageUrls[0] ?? '')).arrayBuffer()));
  });

  it('leave nothing but pictures and their thumbnails', async () => {
    const keys = await listKeys(bucket);
    expect(keys).to.have.lengthOf(4);
    for (const key of keys) expect(key).to.match(/^chat\/images\/[0-9a-f]{32}-[0-9a-f]{16}(-thumbnail)?$/);
  });
});
