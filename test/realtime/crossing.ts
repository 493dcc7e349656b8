import { expect } from 'chai';
import type { Actor, NewMessage } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import type { ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import type { TwoHosts } from './two-hosts.js';

const { john, smith, mary } = people;

/** What must cross from process to process, whatever adapter carries it. */
export function itCrossesProcesses(hosts: () => TwoHosts): void {
  it('brings a chat that one process started to the sockets of another', async () => {
    const { first, second } = hosts();
    const smithThere = await second.connect(smith);
    const { id } = await first.chat.chats.start(john);
    expect(await nextEvent(smithThere, 'chat:new')).to.include({ sessionId: id, status: 'active' });
  });

  it('brings messages both ways, to every device of both people', async () => {
    const { first, second } = hosts();
    const chatId = await onlyChatOf(first, john);
    const johnHere = await first.connect(john);
    const johnThere = await second.connect(john);
    const smithThere = await second.connect(smith);
    const { body } = await first
      .as(john)
      .post<{ id: number }>(`/api/chats/${chatId}/messages`, { content: 'over REST' });
    for (const socket of [johnHere, johnThere, smithThere]) {
      expect(await nextEvent<NewMessage>(socket, 'message:new')).to.include({ id: body.id, content: 'over REST' });
    }
    const ack = await ask<{ message: NewMessage }>(smithThere, 'message:send', { sessionId: chatId, content: 'back' });
    for (const socket of [johnHere, johnThere, smithThere]) {
      expect(await nextEvent<NewMessage>(socket, 'message:new')).to.include({ id: ack.message.id, content: 'back' });
    }
  });

  it('brings receipts, typing and presence', async () => {
    const { first, second } = hosts();
    const { id: chatId } = await first.chat.chats.start(mary);
    const smithThere = await second.connect(smith);
    const maryHere = await first.connect(mary);
    const who = { sessionId: chatId, userId: mary.id, userType: 'customer' };
    expect(await nextEvent(smithThere, 'user:online')).to.deep.equal(who);

    const sent = await second.chat.messages.send(smith, { chatId, content: 'read me' });
    await ask(maryHere, 'typing:start', { sessionId: chatId });
    expect(await nextEvent(smithThere, 'typing:indicator')).to.deep.equal({ ...who, isTyping: true });
    await ask(maryHere, 'message:read', { sessionId: chatId, messageId: sent.id });
    expect(await nextEvent(smithThere, 'message:read_receipt')).to.include({ sessionId: chatId, messageId: sent.id });
    maryHere.disconnect();
    expect(await nextEvent(smithThere, 'typing:indicator')).to.deep.equal({ ...who, isTyping: false });
    expect(await nextEvent(smithThere, 'user:offline')).to.deep.equal(who);
  });

  it('says offline only once the last process has lost somebody', async () => {
    const { first, second } = hosts();
    const chatId = await onlyChatOf(first, mary);
    const smithThere = await second.connect(smith);
    const maryHere = await first.connect(mary);
    const maryThere = await second.connect(mary);
    await nextEvent(smithThere, 'user:online');
    maryHere.disconnect();
    maryThere.disconnect();
    await nextEvent(smithThere, 'user:offline', ({ sessionId }: { sessionId: number }) => sessionId === chatId);
    await noEvent(smithThere, 'user:online');
    await noEvent(smithThere, 'user:offline');
  });

  it('carries a message that is larger than a notification, in its place among the others', async () => {
    const { first, second } = hosts();
    const chatId = await onlyChatOf(first, john);
    const smithThere = await second.connect(smith);
    const contents = ['before', 'ü'.repeat(10_000), 'after', '\\"\u2028'.repeat(2_000), 'last'];
    for (const content of contents) await first.chat.messages.send(john, { chatId, content });
    for (const content of contents) {
      expect((await nextEvent<NewMessage>(smithThere, 'message:new')).content).to.equal(content);
    }
  });
}

async function onlyChatOf(host: ChatHost, person: Actor): Promise<number> {
  const { chats } = await host.chat.chats.list(person);
  return chats[0]?.id ?? 0;
}
