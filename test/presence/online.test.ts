import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';

const { john, mary, nia, otto, smith } = people;

describe('who is online', () => {
  let host: ChatHost;
  let johnsChat: number;
  let marysChat: number;
  /** As the module says them, in order. */
  let changes: string[];

  before(async () => {
    host = await startChatHost({ realtime: { offlineGraceMs: 0 } });
    johnsChat = await startChat(host, john);
    marysChat = await startChat(host, mary);
    await startChat(host, nia);
    host.chat.on('presence:changed', ({ person: { type, id }, online }) => {
      changes.push(`${type} ${id} ${online ? 'online' : 'offline'}`);
    });
  });

  after(() => host.close());

  beforeEach(() => {
    changes = [];
  });

  afterEach('everybody leaves', () =>
    until('everybody is gone', async () => (await host.database.query('SELECT 1 FROM chat.presence')).length === 0),
  );

  it('is said to everybody who connects, in just the shape of the document and the decisions', async () => {
    const ottos = await host.connect(otto);
    expect(await nextEvent(ottos, 'connected')).to.deep.equal({
      ...{ userId: otto.id, userType: 'customer' },
      ...{ sessions: [], online: [] },
    });
    const marys = await host.connect(mary);
    expect(await nextEvent(marys, 'connected')).to.deep.equal({
      ...{ userId: mary.id, userType: 'customer' },
      ...{ sessions: [marysChat], online: [] },
    });
    const smiths = await host.connect(smith);
    expect(await nextEvent(smiths, 'connected')).to.deep.equal({
      ...{ userId: smith.id, userType: 'dentist' },
      ...{ sessions: [johnsChat, marysChat], online: [marysChat] },
    });
    for (const socket of [ottos, marys, smiths]) socket.disconnect();
  });

  it('is told to the other participant of each chat, and to nobody else', async () => {
    const [johns, marys, nias] = await Promise.all([john, mary, nia].map((person) => host.connect(person)));
    if (!johns || !marys || !nias) throw new Error('a socket is missing');
    const smiths = await host.connect(smith);
    const smithIn = (sessionId: number): object => ({ sessionId, userId: smith.id, userType: 'dentist' });
    expect(await nextEvent(johns, 'user:online')).to.deep.equal(smithIn(johnsChat));
    expect(await nextEvent(marys, 'user:online')).to.deep.equal(smithIn(marysChat));
    smiths.disconnect();
    expect(await nextEvent(johns, 'user:offline')).to.deep.equal(smithIn(johnsChat));
    expect(await nextEvent(marys, 'user:offline')).to.deep.equal(smithIn(marysChat));
    for (const socket of [johns, marys, nias]) {
      await noEvent(socket, 'user:online');
      await noEvent(socket, 'user:offline');
      socket.disconnect();
    }
  });

  it('changes with the first socket of a person and with the last, and is not told to the person', async () => {
    const smiths = await host.connect(smith);
    const johnIn = { sessionId: johnsChat, userId: john.id, userType: 'customer' };
    const [phone, laptop, tablet] = [await host.connect(john), await host.connect(john), await host.connect(john)];
    expect(await nextEvent(smiths, 'user:online')).to.deep.equal(johnIn);
    phone.disconnect();
    laptop.disconnect();
    // Changes are written one by one: what the two above had brought would have been said before Mary's.
    const marys = await host.connect(mary);
    expect(await nextEvent(smiths, 'user:online')).to.include({ userId: mary.id });
    tablet.disconnect();
    expect(await nextEvent(smiths, 'user:offline')).to.deep.equal(johnIn);
    expect(changes).to.deep.equal(['dentist 5 online', 'customer 1 online', 'customer 2 online', 'customer 1 offline']);
    await noEvent(smiths, 'user:online');
    for (const socket of [smiths, marys]) socket.disconnect();
  });

  it('is told of nobody to their own other devices', async () => {
    const phone = await host.connect(john);
    const smiths = await host.connect(smith);
    await nextEvent(phone, 'user:online');
    const laptop = await host.connect(john);
    smiths.disconnect();
    await nextEvent(laptop, 'user:offline');
    await noEvent(phone, 'user:online');
    await noEvent(laptop, 'user:online');
    for (const socket of [phone, laptop]) socket.disconnect();
  });

  it('has nobody of a chat that was started meanwhile missing', async () => {
    const [ottos, smiths] = [await host.connect(otto), await host.connect(smith)];
    await host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [smith.id, otto.id]);
    const chatId = await startChat(host, otto);
    ottos.disconnect();
    expect(await nextEvent(smiths, 'user:offline')).to.include({ sessionId: chatId, userId: otto.id });
    smiths.disconnect();
  });
});
