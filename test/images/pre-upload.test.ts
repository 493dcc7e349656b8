import { expect } from 'chai';
import sharp from 'sharp';
import { diskImageStore, type ImageStore, type PersonRef } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectAckRefusal, expectRefusal, expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { expectBlocks } from './corpus/blocks.js';
import { heicHeldUpright } from './corpus/heic.js';
import { hasProc, killWorkersUntil } from './processing/worker-processes.js';
import {
  askForUpload,
  load,
  objectsIn,
  photo,
  preUpload,
  putFile,
  type WireMessage,
  type WireUpload,
} from './support.js';

const { john, lind, mary, nia, smith } = people;

describe('a pre-uploaded image', function () {
  this.timeout(60_000);
  let host: ChatHost;
  let store: ImageStore;
  let chatId: number;
  let marysChat: number;
  let dir: string;
  before(async () => {
    dir = await makeFolder('images');
    store = diskImageStore({ dir });
    host = await startChatHost({ images: { store } });
    [chatId, marysChat] = [await startChat(host, john), await startChat(host, mary)];
    await startChat(host, nia);
  });
  after(() => host.close());

  const send = (sender: PersonRef, imageUrls: readonly unknown[], more: object = {}, chat = chatId) =>
    host.as(sender).post<WireMessage>(`/api/chats/${chat}/messages`, { imageUrls, ...more });

  it('goes where the answer says, and then into a message through every door', async () => {
    const sends: Record<string, (key: string) => Promise<Pick<WireMessage, 'images'>>> = {
      REST: async (key) => (await send(john, [key])).body,
      'a socket': async (key) => {
        const socket = await host.connect(john);
        const data = { sessionId: chatId, imageUrls: [key] };
        return (await ask<{ message: WireMessage }>(socket, 'message:send', data)).message;
      },
      "the host's own code": (key) => host.chat.messages.send(john, { chatId, content: '', imageKeys: [key] }),
    };
    for (const [door, sendKey] of Object.entries(sends)) {
      const [image] = (await sendKey(await preUpload(host, john, chatId, await photo()))).images ?? [];
      expect(image, door).to.include({ width: 64, height: 48, contentType: 'image/jpeg' });
      const picture = Buffer.from(await (await load(host, image?.url ?? '')).arrayBuffer());
      expect(await sharp(picture).metadata()).not.to.have.any.keys('exif', 'xmp');
      await expectBlocks(picture);
    }
  });

  it('is offered with all that the client must send', async () => {
    const upload = await askForUpload(host, john, chatId, 5);
    expect(upload).to.have.all.keys('key', 'method', 'url', 'headers', 'expiresAt');
    expect(upload).to.deep.include({ method: 'PUT', headers: { 'Content-Type': 'image/jpeg' } });
    expect(upload.key).to.match(/^uploads\/[0-9a-f]{32}$/);
    expect(Date.parse(upload.expiresAt)).to.be.within(Date.now() + 800_000, Date.now() + 900_000);
  });

  it('may be a HEIC, and its raw upload does not stay', async () => {
    const key = await preUpload(host, smith, chatId, heicHeldUpright, 'image/heic');
    expect(await store.head(key)).not.to.equal(null);
    const { body } = await send(smith, [key]);
    await expectBlocks(Buffer.from(await (await load(host, body.images?.[0]?.url ?? '')).arrayBuffer()));
    expect(await store.head(key)).to.equal(null);
  });

  it('is sent once by a message that is sent again', async () => {
    const more = { clientMessageId: 'again', content: 'hello' };
    const key = await preUpload(host, john, chatId, await photo());
    const first = await send(john, [key], more);
    const again = await send(john, [key], more);
    expect(first.status).to.equal(201);
    expect(again.body.id).to.equal(first.body.id);
    expectRefusal(await send(john, [await preUpload(host, john, chatId, await photo())], more), 'idempotency_conflict');
  });

  it('is sent once by a message and its retries that come at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = await preUpload(host, john, chatId, await photo());
      const more = { clientMessageId: `at-once-${round}` };
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(john, [key], more)));
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(5).fill(201));
      expect(new Set(answers.map(({ body }) => body.id))).to.have.property('size', 1);
    }
  });

  it('is sent by one of many messages that race for it', async () => {
    const key = await preUpload(host, john, chatId, await photo());
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => send(john, [key], { content: String(i) })));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 400, 400, 400, 400]);
    for (const answer of answers.filter(({ status }) => status === 400)) expectRefusal(answer, 'image_key_invalid');
  });

  it('shows what was there when it was sent, though its client writes it anew', async () => {
    const upload = await askForUpload(host, john, chatId, (await photo()).length);
    await putFile(host, upload, await photo());
    const { body } = await send(john, [upload.key]);
    const other = Buffer.alloc((await photo()).length, await solidJpeg());
    expect((await putFile(host, upload, other)).status).to.equal(204);
    await expectBlocks(Buffer.from(await (await load(host, body.images?.[0]?.url ?? '')).arrayBuffer()));
    expectRefusal(await send(john, [upload.key]), 'image_key_invalid');
  });

  describe('is refused, with nothing stored or signed, when its key', () => {
    const keys: Record<string, () => Promise<unknown[]>> = {
      'is of another chat': async () => [await preUpload(host, smith, marysChat, await photo())],
      "is the other person's": async () => [await preUpload(host, john, chatId, await photo())],
      'was used before': async () => {
        const key = await preUpload(host, smith, chatId, await photo());
        expect((await send(smith, [key])).status).to.equal(201);
        return [key];
      },
      'was never uploaded to': async () => [(await askForUpload(host, smith, chatId, 5)).key],
      'is twice in the message': async () => Array<string>(2).fill(await preUpload(host, smith, chatId, await photo())),
      'is unknown': async () => [`uploads/${'0'.repeat(32)}`],
      'is an absolute URL': async () => ['https://example.com/a.jpg'],
      "is that of an object of the store's": async () => {
        const [row] = await host.database.query<{ object_key: string }>(
          'SELECT object_key FROM chat.images WHERE message_id IS NOT NULL LIMIT 1',
        );
        return [row?.object_key];
      },
      climbs: async () => ['uploads/../secret'],
      'is empty': async () => [''],
      'has a NUL byte': async () => ['uploads/\0'],
      'is long': async () => ['x'.repeat(1_000)],
      'is among good ones': async () => [await preUpload(host, smith, chatId, await photo()), 'uploads/none'],
    };
    for (const [what, make] of Object.entries(keys)) {
      it(what, async () => {
        const imageUrls = await make();
        const before = await state();
        const answer = await send(smith, imageUrls, { content: 'see' });
        expectRefusal(answer, 'image_key_invalid');
        const socket = await host.connect(smith);
        expectAckRefusal(
          await ask(socket, 'message:send', { sessionId: chatId, content: 'see', imageUrls }),
          'image_key_invalid',
        );
        const input = { chatId, content: 'see', imageKeys: imageUrls as string[] };
        await expectRejection(host.chat.messages.send(smith, input), 'image_key_invalid');
        expect(await state()).to.deep.equal(before);
      });
    }

    it('is no text', async () => {
      for (const imageUrls of [[1], [null], [{}], 'uploads/a', {}]) {
        expectRefusal(await host.as(smith).post(`/api/chats/${chatId}/messages`, { imageUrls }), 'invalid_request');
      }
    });

    const state = async () => [
      await host.database.query('SELECT count(*) FROM chat.messages'),
      await host.database.query('SELECT id, message_id, object_key FROM chat.images ORDER BY id'),
      await objectsIn(dir),
    ];
  });

  it('is refused for what it is, and does not stay', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    const key = await preUpload(host, john, chatId, svg);
    const answer = await send(john, [await preUpload(host, john, chatId, await photo()), key]);
    expectRefusal(answer, 'unsupported_image_type', { index: 1, reason: 'not_an_image' });
    expect(await store.head(key)).to.equal(null);
    expectRefusal(await send(john, [key]), 'image_key_invalid');
  });

  it('stays when it was not the file that ended the processes for images', async function () {
    if (!hasProc) this.skip();
    const key = await preUpload(host, john, chatId, await photo());
    const refused = send(john, [key]);
    await killWorkersUntil(refused);
    expectRefusal(await refused, 'internal_error');
    expect((await refused).headers.get('Retry-After')).to.equal('10');
    expect((await send(john, [key])).status).to.equal(201);
  });

  describe('is not offered', () => {
    const offer = (actor: PersonRef, images: unknown, chat: number | string = chatId) =>
      host.as(actor).post<{ uploads?: WireUpload[] }>(`/api/chats/${chat}/uploads`, { images });
    const jpeg = { contentType: 'image/jpeg', bytes: 5 };

    it('to a stranger, or in a chat that is none', async () => {
      expectRefusal(await offer(nia, [jpeg]), 'not_participant');
      expectRefusal(await offer(lind, [jpeg]), 'not_participant');
      expectRefusal(await offer(john, [jpeg], 999), 'chat_not_found');
      expectRefusal(await offer(john, [jpeg], 'x'), 'invalid_request');
    });

    it('for too many, too large or other files', async () => {
      expectRefusal(await offer(john, Array(6).fill(jpeg)), 'too_many_images', { maxPerMessage: 5 });
      expectRefusal(await offer(john, [jpeg, { ...jpeg, bytes: 10 * 1024 * 1024 + 1 }]), 'image_too_large', {
        index: 1,
        maxBytes: 10 * 1024 * 1024,
      });
      for (const contentType of ['image/svg+xml', 'application/pdf', 'text/html', 'image/jpeg; charset=x', '']) {
        expectRefusal(await offer(john, [{ ...jpeg, contentType }]), 'unsupported_image_type');
      }
    });

    it('for input that is none', async () => {
      for (const images of [
        undefined,
        null,
        {},
        [],
        [null],
        [{}],
        [{ ...jpeg, bytes: 0 }],
        [{ ...jpeg, bytes: 1.5 }],
        [{ ...jpeg, bytes: '5' }],
        [{ ...jpeg, bytes: 1e300 }],
        [{ ...jpeg, contentType: 1 }],
      ]) {
        expectRefusal(await offer(john, images), 'invalid_request');
      }
    });

    it('for many at once without an order: keys come as the images did', async () => {
      const types = ['image/png', 'image/jpeg', 'image/webp'];
      const { body } = await offer(
        john,
        types.map((contentType, i) => ({ contentType, bytes: i + 1 })),
      );
      expect(body.uploads?.map(({ headers }) => headers['Content-Type'])).to.deep.equal(types);
    });
  });
});

function solidJpeg(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background: 'black' } })
    .jpeg()
    .toBuffer();
}
