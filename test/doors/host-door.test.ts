import { expect } from 'chai';
import type { Actor, HostMessage } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { expectRejection } from '../support/expectations.js';
import { people } from '../support/host-tables.js';

const { john, smith } = people;

describe("the host's own code", () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
  });

  after(() => host.close());

  const operations = (actor: Actor, id = chatId): Readonly<Record<string, () => Promise<unknown>>> => ({
    'chats.list': () => host.chat.chats.list(actor),
    'chats.get': () => host.chat.chats.get(actor, id),
    'chats.start': () => host.chat.chats.start(actor),
    'messages.send': () => host.chat.messages.send(actor, { chatId: id, content: 'x' }),
    'messages.list': () => host.chat.messages.list(actor, { chatId: id }),
    'messages.markRead': () => host.chat.messages.markRead(actor, { chatId: id }),
  });

  for (const name of Object.keys(operations(john))) {
    it(`must say on whose behalf it asks for ${name}`, async () => {
      for (const nobody of [
        undefined,
        null,
        1,
        {},
        { id: 1 },
        { type: 'admin', id: 1 },
        { type: 'customer', id: '1' },
      ]) {
        const operation = operations(nobody as Actor)[name];
        if (operation === undefined) throw new Error(`no ${name}`);
        await expectRejection(operation(), 'invalid_request');
      }
      for (const id of [0, -1, 1.5, 2 ** 53, NaN]) {
        const operation = operations({ type: 'customer', id })[name];
        if (operation === undefined) throw new Error(`no ${name}`);
        await expectRejection(operation(), 'invalid_request');
      }
    });
  }

  it('is checked as clients are', async () => {
    for (const wrong of [0, -1, 1.5, '1', null, undefined, 2 ** 53] as number[]) {
      await expectRejection(host.chat.chats.get(john, wrong), 'invalid_request');
      await expectRejection(host.chat.messages.send(john, { chatId: wrong, content: 'x' }), 'invalid_request');
      await expectRejection(host.chat.messages.list(john, { chatId: wrong }), 'invalid_request');
      await expectRejection(host.chat.messages.markRead(john, { chatId: wrong }), 'invalid_request');
      await expectRejection(host.chat.chats.close(wrong), 'invalid_request');
    }
    for (const wrong of [undefined, null, 1, 'x', []] as unknown as HostMessage[]) {
      await expectRejection(host.chat.messages.send(john, wrong), 'invalid_request');
    }
    const files = ['x'] as unknown as Uint8Array[];
    await expectRejection(host.chat.messages.send(john, { chatId, files }), 'invalid_request');
  });

  it('is told that a chat of others is not there', async () => {
    await say(host, smith, chatId, 'x');
    expect(await host.database.query('SELECT count(*)::int AS rows FROM chat.messages')).to.deep.equal([{ rows: 1 }]);
    await expectRejection(host.chat.chats.get(people.mary, chatId), 'chat_not_found');
  });

  it('speaks for nobody whom the directory does not know', async () => {
    const removed: Actor = { type: 'customer', id: 4_711 };
    await host.database.query(
      `INSERT INTO chat.chats (id, customer_id, dentist_id) OVERRIDING SYSTEM VALUE VALUES (4711, $1, $2)`,
      [removed.id, smith.id],
    );
    for (const operation of Object.values(operations(removed, 4_711))) {
      await expectRejection(operation(), 'actor_unknown');
    }
  });

  it('is told that the module has not started, after it was closed', async () => {
    await host.chat.close();
    for (const operation of Object.values(operations(john))) await expectRejection(operation(), 'not_started');
    await expectRejection(host.chat.verifyToken(host.tokenOf(john) ?? ''), 'not_started');
    await host.chat.mount(host.app, host.server);
    expect((await host.chat.chats.get(john, chatId)).id).to.equal(chatId);
  });
});
