import { expect } from 'chai';
import type { DomainEvents } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';

const { john, smith } = people;

describe('two devices that read at once', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
  });

  after(() => host.close());

  async function heard(work: () => Promise<unknown>): Promise<DomainEvents['message:read'][]> {
    const receipts: DomainEvents['message:read'][] = [];
    const listener = (event: DomainEvents['message:read']): void => void receipts.push(event);
    host.chat.on('message:read', listener);
    await work();
    host.chat.off('message:read', listener);
    return receipts;
  }

  it('get one readAt for a message, and the room gets one receipt', async () => {
    const devices = await Promise.all([host.connect(john), host.connect(john)]);
    for (const { id } of await say(host, smith, chatId, ...texts(10, 'raced for'))) {
      let readAts: string[] = [];
      const receipts = await heard(async () => {
        readAts = await Promise.all(
          [...devices, ...devices, ...devices].map(
            async (device) =>
              (await ask<{ readAt: string }>(device, 'message:read', { sessionId: chatId, messageId: id })).readAt,
          ),
        );
      });
      expect(readAts[0]).to.be.a('string');
      expect(new Set(readAts).size).to.equal(1);
      expect(receipts.map(({ receipt }) => receipt)).to.deep.equal([
        { chatId, messageId: id, messageIds: [id], readAt: readAts[0] },
      ]);
    }
  });

  it('mark each message once, whichever way they do it, and no receipt names one twice', async () => {
    const devices = await Promise.all([host.connect(john), host.connect(john)]);
    for (let round = 0; round < 5; round += 1) {
      const ids = (await say(host, smith, chatId, ...texts(12, `round ${round}`))).map(({ id }) => id);
      const receipts = await heard(async () => {
        const reads = ids.flatMap((messageId, index) =>
          devices.map((device, which) =>
            (index + which) % 3 === 0
              ? ask(device, 'chat:read', { sessionId: chatId, upTo: messageId })
              : ask(device, 'message:read', { sessionId: chatId, messageId }),
          ),
        );
        for (const ack of await Promise.all(reads)) expect(ack).to.include({ ok: true });
      });
      const told = receipts.flatMap(({ receipt }) => receipt.messageIds);
      expect(told.toSorted((a, b) => a - b)).to.deep.equal(ids);

      const { messages } = await host.chat.messages.list(john, { chatId, limit: 12 });
      const stored = Object.fromEntries(messages.map(({ id, readAt }) => [id, readAt]));
      for (const { receipt } of receipts) {
        for (const id of receipt.messageIds) expect(stored[id]).to.equal(receipt.readAt);
      }
    }
  });

  it('read while messages come, and what was not read is counted', async () => {
    const before = (await host.chat.messages.list(john, { chatId, limit: 1 })).messages.at(-1)?.id ?? 0;
    const sending = Promise.all(
      texts(40, 'meanwhile').map((content) => host.chat.messages.send(smith, { chatId, content })),
    );
    const receipts = await heard(async () => {
      for (let reads = 0; reads < 10; reads += 1) await host.chat.messages.markRead(john, { chatId });
      await sending;
    });
    const read = receipts.flatMap(({ receipt }) => receipt.messageIds);
    expect(new Set(read).size).to.equal(read.length);
    const { messages } = await host.chat.messages.list(john, { chatId, after: before, limit: 100 });
    const unread = messages.filter(({ isRead }) => !isRead).map(({ id }) => id);
    expect([...read, ...unread].toSorted((a, b) => a - b)).to.deep.equal(messages.map(({ id }) => id));
    expect((await host.chat.chats.list(john)).chats[0]?.unreadCount).to.equal(unread.length);
  });
});
