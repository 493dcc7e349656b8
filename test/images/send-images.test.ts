import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import sharp from 'sharp';
import { diskImageStore, type PersonRef } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { nextEvent } from '../support/socket-client.js';
import { expectBlocks } from './corpus/blocks.js';
import { load, objectsIn, photo, preUpload, sendFiles, type WireMessage } from './support.js';

const { john, smith } = people;

describe('a message with images', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let chatId: number;
  let dir: string;
  let tempDir: string;
  before(async () => {
    [dir, tempDir] = [await makeFolder('images'), await makeFolder('temp')];
    host = await startChatHost({ images: { store: diskImageStore({ dir }), tempDir } });
    chatId = await startChat(host, john);
  });
  after(() => host.close());

  it('shows both the same pictures, upright, small and without their place', async () => {
    const dentist = await host.connect(smith);
    const arrived = nextEvent<WireMessage>(dentist, 'message:new');
    const { status, body } = await sendFiles(host, john, chatId, [await photo(), await photo()], { content: 'Look' });
    expect(status).to.equal(201);
    expect(body).to.include({ content: 'Look' });
    expect(body.imageUrls).to.deep.equal(body.images?.map(({ url }) => url));

    for (const message of [body, await arrived, await newest(smith), await newest(john)]) {
      expect(message.images).to.have.lengthOf(2);
      for (const image of message.images ?? []) {
        expect(image).to.have.all.keys(
          'id',
          'url',
          'thumbnailUrl',
          'width',
          'height',
          'contentType',
          'bytes',
          'placeholder',
        );
        expect(image).to.include({ width: 64, height: 48, contentType: 'image/jpeg' });
        const response = await load(host, image.url);
        const picture = Buffer.from(await response.arrayBuffer());
        expect(response.headers.get('content-type')).to.equal('image/jpeg');
        expect(picture.length).to.equal(image.bytes);
        expect(await sharp(picture).metadata()).not.to.have.any.keys('exif', 'xmp', 'icc');
        await expectBlocks(picture);
        expect((await load(host, image.thumbnailUrl)).status).to.equal(200);
      }
    }
  });

  it('keeps the order of its images, however they came', async () => {
    const widths = [30, 10, 20];
    const files = await Promise.all(widths.map(solid));
    const sent = await sendFiles(host, john, chatId, files);
    expect(sent.body.images?.map(({ width }) => width)).to.deep.equal(widths);
    const keys = [];
    for (const file of files) keys.unshift(await preUpload(host, john, chatId, file, 'image/png'));
    const { body } = await host.as(john).post<WireMessage>(`/api/chats/${chatId}/messages`, { imageUrls: keys });
    expect(body.images?.map(({ width }) => width)).to.deep.equal([...widths].reverse());
    expect((await newest(smith)).images?.map(({ width }) => width)).to.deep.equal([...widths].reverse());
  });

  it('needs no words, and five images are not too many', async () => {
    const { status, body } = await sendFiles(host, john, chatId, await Promise.all([1, 2, 3, 4, 5].map(solid)));
    expect({ status, content: body.content, images: body.images?.length }).to.deep.equal({
      status: 201,
      content: '',
      images: 5,
    });
  });

  it('has the same URLs in every answer for a while', async () => {
    const [first, second] = [await newest(john), await newest(smith)];
    expect(first.images).to.have.lengthOf(5);
    expect(second.imageUrls).to.deep.equal(first.imageUrls);
  });

  it('is not written twice by a retry, nor are its images', async () => {
    const before = await objectsIn(dir);
    const files = [await photo()];
    const [first, again] = await Promise.all([
      sendFiles(host, john, chatId, files, { clientMessageId: 'with-photo' }),
      sendFiles(host, john, chatId, files, { clientMessageId: 'with-photo' }),
    ]);
    const later = await sendFiles(host, john, chatId, files, { clientMessageId: 'with-photo' });
    expect([again.body.id, later.body.id]).to.deep.equal([first.body.id, first.body.id]);
    expect(await objectsIn(dir)).to.have.lengthOf(before.length + 2);
    const other = await sendFiles(host, john, chatId, [await solid(7)], { clientMessageId: 'with-photo' });
    expect(other.status).to.equal(409);
  });

  it('leaves nothing but its pictures and their thumbnails', async () => {
    const rows = await host.database.query<{ object_key: string }>(
      'SELECT object_key FROM chat.images WHERE message_id IS NOT NULL',
    );
    const names = rows.map(({ object_key }) => object_key.replace('images/', ''));
    expect(await objectsIn(dir)).to.deep.equal(names.flatMap((name) => [name, `${name}-thumbnail`]).sort());
    expect(await readdir(tempDir)).to.deep.equal([]);
  });

  async function newest(reader: PersonRef): Promise<WireMessage> {
    const { body } = await host.as(reader).get<{ messages: WireMessage[] }>(`/api/chats/${chatId}/messages?limit=1`);
    const [message] = body.messages;
    if (message === undefined) throw new Error('there is no message');
    return message;
  }
});

function solid(width: number): Promise<Buffer> {
  return sharp({ create: { width, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}
