import { expect } from 'chai';
import type { ChatErrorCode, PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { sendDoors, typedSendDoors } from './send-doors.js';
import type { Draft } from './send-doors.js';

const { john, mary, nia, lind, smith } = people;

/** Drafts that any door can carry, and why they are refused. */
const refusedDrafts: Readonly<Record<string, readonly [Draft, ChatErrorCode]>> = {
  'no content': [{}, 'message_empty'],
  'empty content': [{ content: '' }, 'message_empty'],
  'white space alone': [{ content: ' \t\r\n\u00a0\u2003\u3000\ufeff' }, 'message_empty'],
  'content that is too long by one': [{ content: 'x'.repeat(10_001) }, 'message_too_long'],
  'a NUL byte': [{ content: 'a\0b' }, 'invalid_request'],
  'an empty clientMessageId': [{ content: 'x', clientMessageId: '' }, 'invalid_request'],
  'a clientMessageId of 129 characters': [{ content: 'x', clientMessageId: 'i'.repeat(129) }, 'invalid_request'],
  'a clientMessageId with a space': [{ content: 'x', clientMessageId: 'a b' }, 'invalid_request'],
};

/** Those of wrong types, or that only JSON can write. */
const refusedTypes: Readonly<Record<string, Draft>> = {
  'content that is a number': { content: 1 },
  'content that is true': { content: true },
  'content that is a list': { content: ['x'] },
  'content that is an object': { content: { toString: 'x' } },
  'a lone surrogate': { content: 'a\ud800b' },
  'a lone low surrogate at the end': { content: 'a\udc00' },
  'a clientMessageId that is a number': { content: 'x', clientMessageId: 1 },
  'a clientMessageId that is a list': { content: 'x', clientMessageId: ['a'] },
  'a clientMessageId with a NUL byte': { content: 'x', clientMessageId: 'a\0' },
  'a clientMessageId in another script': { content: 'x', clientMessageId: 'ключ' },
};

describe('a message that is refused', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost();
    chatId = await startChat(host, john);
    await startChat(host, nia);
  });

  after(() => host.close());

  afterEach('nothing was stored', async () => {
    expect(await host.database.query('SELECT content FROM chat.messages')).to.deep.equal([]);
    const [chat] = await host.database.query('SELECT updated_at = created_at AS untouched FROM chat.chats');
    expect(chat).to.deep.equal({ untouched: true });
  });

  for (const door of sendDoors) {
    describe(`through ${door.name}`, () => {
      for (const [title, [draft, code]] of Object.entries(refusedDrafts)) {
        // An empty header is one that is not there.
        if (door.name === 'REST with an Idempotency-Key' && draft.clientMessageId === '') continue;
        it(`is ${title}`, async () => {
          expect(await door.send(host, john, chatId, draft)).to.deep.equal({ code });
        });
      }

      it('comes from somebody who is no participant', async () => {
        for (const stranger of [mary, lind]) {
          expect(await door.send(host, stranger, chatId, { content: 'x' })).to.deep.equal({ code: 'not_participant' });
        }
      });

      it('is for a chat that does not exist', async () => {
        for (const absent of [4711, Number.MAX_SAFE_INTEGER]) {
          expect(await door.send(host, john, absent, { content: 'x' })).to.deep.equal({ code: 'chat_not_found' });
        }
      });

      it('is for something that is no chat id', async () => {
        for (const wrong of [0, -1, 1.5, 2 ** 53]) {
          expect(await door.send(host, john, wrong, { content: 'x' })).to.deep.equal({ code: 'invalid_request' });
        }
      });

      it('reaches no socket', async () => {
        const socket = await host.connect(smith);
        await nextEvent(socket, 'connected');
        await door.send(host, mary, chatId, { content: 'x' });
        await door.send(host, john, chatId, { content: ' ' });
        await noEvent(socket, 'message:new');
        socket.disconnect();
      });
    });
  }

  for (const door of typedSendDoors) {
    for (const [title, draft] of Object.entries(refusedTypes)) {
      it(`through ${door.name} is ${title}`, async () => {
        expect(await door.send(host, john, chatId, draft)).to.deep.equal({ code: 'invalid_request' });
      });
    }
  }

  it('has the status and the body of its error over REST', async () => {
    const post = (sender: PersonRef, chat: number, body: object): ReturnType<ReturnType<ChatHost['as']>['post']> =>
      host.as(sender).post(`/api/chats/${chat}/messages`, body);
    const empty = await post(john, chatId, {});
    expectRefusal(empty, 'message_empty');
    expect(empty.body, 'no field is at fault').not.to.have.nested.property('error.details');
    expectRefusal(await post(mary, chatId, { content: 'x' }), 'not_participant');
    expectRefusal(await post(john, 4711, { content: 'x' }), 'chat_not_found');
    expectRefusal(await post(john, chatId, { content: 1 }), 'invalid_request');
    expectRefusal(await post(john, chatId, { content: 'x'.repeat(10_001) }), 'message_too_long');
  });

  it('has two different clientMessageIds, in its body and its header', async () => {
    const answer = await host
      .as(john)
      .post(`/api/chats/${chatId}/messages`, { content: 'x', clientMessageId: 'a' }, { 'Idempotency-Key': 'b' });
    expectRefusal(answer, 'invalid_request');
  });
});

describe('the longest content', () => {
  it('is what the options say', async () => {
    const host = await startChatHost({ messages: { maxLength: 5 } });
    try {
      const chatId = await startChat(host, john);
      for (const door of sendDoors) {
        expect(await door.send(host, john, chatId, { content: '🦷🦷x' })).to.have.property('message');
        expect(await door.send(host, john, chatId, { content: '123456' })).to.deep.equal({ code: 'message_too_long' });
      }
    } finally {
      await host.close();
    }
  });
});
