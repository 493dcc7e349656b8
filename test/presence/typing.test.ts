import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import type { SinonFakeTimers } from 'sinon';
import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectAckRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, smith } = people;

describe('typing', () => {
  let host: ChatHost;
  let chatId: number;
  let johns: Socket;
  let smiths: Socket;

  before(async () => {
    // One connection, opened before time is hurried: opening one has a deadline too.
    host = await startChatHost({ database: { poolSize: 1 } });
    chatId = await startChat(host, john);
    await startChat(host, mary);
    johns = await host.connect(john);
    smiths = await host.connect(smith);
  });

  after(() => host.close());

  const start = (socket: Socket): Promise<unknown> => ask(socket, 'typing:start', { sessionId: chatId });
  const stop = (socket: Socket): Promise<unknown> => ask(socket, 'typing:stop', { sessionId: chatId });
  const indicator = (isTyping: boolean, person: SeededPerson = john): object => ({
    sessionId: chatId,
    userId: person.id,
    userType: person.type,
    isTyping,
  });

  it('is told to the other participant, from start to stop', async () => {
    expect(await start(johns)).to.deep.equal({ ok: true });
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
    expect(await stop(johns)).to.deep.equal({ ok: true });
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
    await start(smiths);
    expect(await nextEvent(johns, 'typing:indicator')).to.deep.equal(indicator(true, smith));
    await stop(smiths);
    expect(await nextEvent(johns, 'typing:indicator')).to.deep.equal(indicator(false, smith));
  });

  it('goes to every device of the other, never back to the one who types, and to nobody else', async () => {
    const [secondOfSmith, secondOfJohn, stranger] = await Promise.all(
      [smith, john, mary].map((person) => host.connect(person)),
    );
    if (!secondOfSmith || !secondOfJohn || !stranger) throw new Error('a socket is missing');
    await start(johns);
    await stop(johns);
    for (const socket of [smiths, secondOfSmith]) {
      expect(await nextEvent(socket, 'typing:indicator')).to.deep.equal(indicator(true));
      expect(await nextEvent(socket, 'typing:indicator')).to.deep.equal(indicator(false));
    }
    for (const socket of [johns, secondOfJohn, stranger]) await noEvent(socket, 'typing:indicator');
    for (const socket of [secondOfSmith, secondOfJohn, stranger]) socket.disconnect();
  });

  describe('as time passes', () => {
    let clock: SinonFakeTimers;

    beforeEach(() => {
      clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    });

    afterEach(() => clock.restore());

    it('stops by itself six seconds after it began', async () => {
      await start(johns);
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
      clock.tick(5_999);
      await noEvent(smiths, 'typing:indicator');
      clock.tick(1);
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
    });

    it('goes on for as long as it is repeated, and is told with each repeat', async () => {
      for (let repeats = 0; repeats < 4; repeats += 1) {
        await start(johns);
        expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
        clock.tick(5_999);
        await noEvent(smiths, 'typing:indicator');
      }
      clock.tick(1);
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
    });

    it('has nothing left to stop once it was stopped', async () => {
      await start(johns);
      await stop(johns);
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
      clock.tick(20_000);
      await noEvent(smiths, 'typing:indicator');
    });
  });

  it('is told to have stopped once, though asked to stop twice or never begun', async () => {
    await stop(johns);
    await start(johns);
    await stop(johns);
    await stop(johns);
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
    await noEvent(smiths, 'typing:indicator');
  });

  it('stops when the socket goes', async () => {
    const phone = await host.connect(john);
    await start(phone);
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
    phone.disconnect();
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
    await noEvent(smiths, 'typing:indicator');
  });

  it('goes on while one of two devices types', async () => {
    const phone = await host.connect(john);
    await start(johns);
    await start(phone);
    await stop(johns);
    for (let times = 0; times < 2; times += 1) {
      expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(true));
    }
    await noEvent(smiths, 'typing:indicator');
    phone.disconnect();
    expect(await nextEvent(smiths, 'typing:indicator')).to.deep.equal(indicator(false));
  });

  it('is refused in the chat of others, and in none', async () => {
    const marys = await host.connect(mary);
    for (const event of ['typing:start', 'typing:stop']) {
      expectAckRefusal(await ask(marys, event, { sessionId: chatId }), 'chat_not_found');
      expectAckRefusal(await ask(marys, event, { sessionId: 4711 }), 'chat_not_found');
      for (const sessionId of [0, '1', null, 1.5, undefined, [1]]) {
        expectAckRefusal(await ask(marys, event, { sessionId }), 'invalid_request');
      }
    }
    await noEvent(smiths, 'typing:indicator');
  });
});
