import { expect } from 'chai';
import type { PersonRef } from '../../lib/index.js';
import { startTwoHosts, type TwoHosts } from '../realtime/two-hosts.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, mary, nia, lind, smith } = people;

const onlineIn = (sessionId: number, { type, id }: PersonRef) => ({ sessionId, userId: id, userType: type });

describe('two people whose chat is new', () => {
  let hosts: TwoHosts;
  let hiding: ChatHost;

  before(async () => {
    hosts = await startTwoHosts(() => ({ adapter: 'postgres' }));
    const hooks = {
      canChangePresence: ({ person }: { person: PersonRef }) => {
        if (person.type === 'dentist') throw new Error('unseen');
      },
    };
    hiding = await startChatHost({ plugins: [{ name: 'hiding', version: '1.0.0', hooks }] });
  });
  after(async () => {
    await hosts.close();
    await hiding.close();
  });

  for (const [where, second] of [
    ['one process', () => hosts.first],
    ['two processes', () => hosts.second],
  ] as const) {
    it(`are told that the other is there, where both are in ${where} already`, async () => {
      const [customer, dentist] = where === 'one process' ? [john, smith] : [nia, lind];
      const ofCustomer = await hosts.first.connect(customer);
      const ofDentist = await second().connect(dentist);
      const chatId = await startChat(hosts.first, customer);
      for (const [socket, other] of [
        [ofCustomer, dentist],
        [ofDentist, customer],
      ] as const) {
        await nextEvent(socket, 'chat:new');
        expect(await nextEvent(socket, 'user:online')).to.deep.equal(onlineIn(chatId, other));
        await noEvent(socket, 'user:online');
      }
    });
  }

  it('are told nothing of who is not there', async () => {
    const ofMary = await hiding.connect(mary);
    const chatId = await startChat(hiding, mary);
    await nextEvent(ofMary, 'chat:new');
    // Said after what was told of the start: the start has looked who is there by then.
    const ofSmith = await hiding.connect(smith);
    await nextEvent<{ online: number[] }>(ofSmith, 'connected', ({ online }) => online.includes(chatId));
    await noEvent(ofMary, 'user:online');
  });

  it('are told nothing of who does not want to be seen', async () => {
    const ofSmith = await hiding.connect(smith);
    const ofJohn = await hiding.connect(john);
    const chatId = await startChat(hiding, john);
    expect(
      await nextEvent(ofSmith, 'user:online', ({ sessionId }: { sessionId: number }) => sessionId === chatId),
    ).to.be.an('object');
    await noEvent(ofJohn, 'user:online');
  });
});
