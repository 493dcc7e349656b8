import { expect } from 'chai';
import { Adapter } from 'socket.io-adapter';
import type { ChatErrorCode } from '../../lib/index.js';
import type { Caller, ChatHost } from '../support/chat-host.js';
import { startChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal, refusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';
import type { ClientOptions } from '../support/socket-client.js';

const { john, smith } = people;

describe('the handshake of a socket', () => {
  let host: ChatHost;

  before(async () => {
    host = await startChatHost();
  });

  after(() => host.close());

  /** That the handshake ends as `connect_error`, with what a client may know of the refusal in its `data`. */
  async function expectRefused(caller: Caller, code: ChatErrorCode, options?: ClientOptions, at = host): Promise<void> {
    const outcome: unknown = await at.connect(caller, options).catch((error: unknown) => error);
    expect(outcome).to.be.an('error');
    const { message, data } = outcome as { message: string; data?: unknown };
    expect({ message, data }).to.deep.equal({
      message: (refusal(code) as { message: string }).message,
      data: refusal(code),
    });
  }

  it('lets in whoever has a good token, of either issuer, over either transport', async () => {
    const chatId = await startChat(host, john);
    for (const transport of ['websocket', 'polling']) {
      for (const [person, userType] of [
        [john, 'customer'],
        [smith, 'dentist'],
      ] as const) {
        const socket = await host.connect(person, { transports: [transport] });
        expect(await nextEvent(socket, 'connected')).to.deep.include({
          ...{ userId: person.id, userType, sessions: [chatId] },
        });
        socket.disconnect();
      }
    }
  });

  it('is refused without a token', async () => {
    await expectRefused(null, 'token_missing');
    for (const auth of [{}, { token: '' }, { token: null }, { jwt: host.tokenOf(john) }]) {
      await expectRefused(null, 'token_missing', { auth });
    }
  });

  it('is refused with a token in a header that only REST reads', async () => {
    const extraHeaders = { Authorization: `Bearer ${host.tokenOf(john)}` };
    await expectRefused(null, 'token_missing', { extraHeaders, transports: ['polling'] });
  });

  it('is refused with what is no token', async () => {
    for (const token of ['nonsense', 'a.b.c', 1, true, ['x'], {}, { toString: 'x' }]) {
      await expectRefused(null, 'token_invalid', { auth: { token } });
    }
    await expectRefused(null, 'token_invalid', { auth: { token: `Bearer ${host.tokenOf(john)}` } });
  });

  it('is refused with a token that expired', async () => {
    const exp = Math.floor(Date.now() / 1_000) - 60;
    await expectRefused({ token: host.tokens.cognitoAccess(john.login, { claims: { exp } }) }, 'token_expired');
  });

  it('is refused with a token of somebody whom the directory does not know', async () => {
    await expectRefused({ token: host.tokens.djangoAccess(4711) }, 'actor_unknown');
  });

  for (const name of ['token', 'access_token', 'jwt', 'authorization']) {
    it(`is refused with a token in the query as ${name}, a good one in its place or not`, async () => {
      const token = host.tokenOf(john) ?? '';
      await expectRefused(null, 'token_in_query', { query: { [name]: token } });
      await expectRefused(john, 'token_in_query', { query: { [name]: token } });
    });
  }

  it('lets nobody in who was refused', async () => {
    await expectRefused({ token: 'nonsense' }, 'token_invalid');
    expect(await host.database.query('SELECT 1 FROM chat.presence WHERE person_id = 4711')).to.have.length(0);
    expect(host.log.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });
});

describe('a socket that cannot join its room', () => {
  it('is sent away: it would hear of nothing', async () => {
    class Lonely extends Adapter {
      override addAll(id: string, rooms: Set<string>): void | Promise<void> {
        if (rooms.has(`customer:${john.id}`)) return Promise.reject(new Error('no room'));
        return super.addAll(id, rooms);
      }
    }
    const host = await startChatHost({ realtime: { adapter: Lonely } });
    try {
      const outcome: unknown = await host.connect(john).catch(String);
      expect(outcome).to.equal("Error: disconnected before 'connected': transport close");
      expect(host.log.lines.map(({ message }) => message)).to.include('a socket could not join its room');
      await host.connect(smith);
    } finally {
      await host.close();
    }
  });
});

describe('a door whose dependencies are away', () => {
  it('says of each which it is, over REST and sockets alike', async () => {
    const host = await startChatHost({ directoryCacheSeconds: 0 });
    const outcomeOf = async (caller: Caller): Promise<unknown> =>
      host.connect(caller).catch((error: { data?: unknown }) => error.data);
    try {
      host.tokens.jwks.mood = 'failing';
      expectRefusal(await host.as(john).get('/api/chats'), 'issuer_unavailable');
      expect(await outcomeOf(john)).to.include({ code: 'issuer_unavailable' });
      // Dentists' tokens need no keys from afar.
      expect((await host.as(smith).get('/api/chats')).status).to.equal(200);

      await host.database.query('ALTER TABLE dentists RENAME TO dentists_away');
      expectRefusal(await host.as(smith).get('/api/chats'), 'directory_unavailable');
      expect(await outcomeOf(smith)).to.deep.equal(refusal('directory_unavailable'));

      await host.database.query('ALTER TABLE dentists_away RENAME TO dentists');
      expect((await host.as(smith).get('/api/chats')).status).to.equal(200);
    } finally {
      await host.close();
    }
  });
});
