import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { diskImageStore } from '../../lib/index.js';
import type { ImageStore } from '../../lib/index.js';
import { photo } from '../images/support.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { nextEvent } from '../support/socket-client.js';

const { john, smith } = people;

describe('pictures and texts that are sent to one chat at once', () => {
  let host: ChatHost;
  let chatId: number;
  let socket: Socket;
  let picture: Buffer;
  /** Called when the store is about to sign; it goes on when that resolves, and fails when that rejects. */
  let beforeSigning: () => Promise<void>;

  before(async () => {
    const disk = diskImageStore({ dir: await makeFolder('images') });
    const store: ImageStore = {
      ...disk,
      signGetUrl: async (...args) => {
        await beforeSigning();
        return disk.signGetUrl(...args);
      },
    };
    host = await startChatHost({ images: { store } });
    chatId = await startChat(host, john);
    socket = await host.connect(smith);
    picture = await photo();
  });

  after(() => host.close());

  beforeEach(() => {
    beforeSigning = () => Promise.resolve();
  });

  const sendPicture = () => host.chat.messages.send(john, { chatId, files: [picture] });
  const sendText = (content: string) => host.chat.messages.send(smith, { chatId, content });

  async function receive(count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) ids.push((await nextEvent<{ id: number }>(socket, 'message:new')).id);
    return ids;
  }

  it('reach every receiver in the order of their ids', async () => {
    const sends = [
      ...[sendPicture(), ...texts(20, 'one').map(sendText), sendPicture()],
      ...texts(20, 'two').map(sendText),
    ];
    // More of them while the pictures are being made.
    for (let round = 0; round < 30; round += 1) await sendText(`round ${round}`);
    await Promise.all(sends);
    const ids = await receive(72);
    expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
  });

  it('do so though the store is slow to sign', async () => {
    let sign = (): void => undefined;
    const signed = new Promise<void>((resolve) => (sign = resolve));
    const asked = new Promise<void>((resolve) => {
      beforeSigning = () => {
        resolve();
        return signed;
      };
    });
    const slow = sendPicture();
    await asked;
    const fast = sendText('meanwhile');
    // In another chat nothing waits for it.
    const other = await startChat(host, people.mary);
    await host.chat.messages.send(people.mary, { chatId: other, content: 'elsewhere' });
    await nextEvent(socket, 'message:new', ({ sessionId }: { sessionId: number }) => sessionId === other);
    beforeSigning = () => Promise.resolve();
    sign();
    const [first, second] = await Promise.all([slow, fast]);
    expect(await receive(2)).to.deep.equal([first.id, second.id].toSorted((a, b) => a - b));
  });

  it('are not stored where they could never be shown', async () => {
    beforeSigning = () => Promise.reject(new Error('the store is away'));
    const outcome = await sendPicture().catch((error: unknown) => error);
    expect(outcome).to.be.an('error');
    beforeSigning = () => Promise.resolve();
    const { messages } = await host.chat.messages.list(john, { chatId, limit: 1 });
    expect(messages[0]).to.include({ content: 'meanwhile' });
    // What failed is in nobody's way.
    const { id } = await sendText('after');
    expect(await receive(1)).to.deep.equal([id]);
  });
});
