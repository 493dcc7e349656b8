import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import type { SinonFakeTimers } from 'sinon';
import type { Socket } from 'socket.io-client';
import { cognito, definePlugin, django } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectAckRefusal, expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { startTestTokens } from '../support/tokens.js';

const { john, mary, smith } = people;

describe('a token that expires on a live socket', () => {
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    // One connection, opened before time is hurried: opening one has a deadline too.
    host = await startChatHost({ database: { poolSize: 1 } });
    chatId = await startChat(host, john);
  });

  after(() => host.close());

  const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;
  const tokenUntil = (exp: number, person: SeededPerson = john): string =>
    host.tokens.cognitoAccess(person.login, { claims: { exp } });
  const isoOf = (exp: number): string => new Date(exp * 1_000).toISOString();
  const refresh = (socket: Socket, token: unknown): Promise<unknown> => ask(socket, 'auth:refresh', { token });

  it('ends the socket with the token it came with', async () => {
    const exp = inSeconds(2);
    const token = tokenUntil(exp);
    const socket = await host.connect({ token });
    expect(await nextEvent(socket, 'auth:expiring')).to.deep.equal({ expiresAt: isoOf(exp) });
    await nextEvent(socket, 'disconnect');
    expect(Date.now()).to.be.at.least(exp * 1_000);
    expectRefusal(await host.as({ token }).get('/api/chats'), 'token_expired');
  });

  describe('as time passes', () => {
    let socket: Socket;
    let clock: SinonFakeTimers;
    /** What came, in order. Once the clock was ticked the client must send nothing: it takes itself for timed out. */
    let came: string[];

    beforeEach(async () => {
      socket = await host.connect(john);
      came = [];
      socket.onAny((name: string) => came.push(name));
      // From here on, so that the connection's own heartbeat is not hurried. The token's time begins with a refresh.
      clock = useFakeTimers({
        now: Date.now(),
        toFake: ['setTimeout', 'clearTimeout', 'Date'],
        shouldClearNativeTimers: true,
      });
    });

    afterEach(() => {
      clock.restore();
      socket.disconnect();
    });

    /** Lets time pass, and then makes sure that all it brought has come. */
    async function passUntil(exp: number, secondsBefore: number): Promise<void> {
      clock.tick((exp - secondsBefore) * 1_000 - Date.now());
      const { id } = await host.chat.messages.send(smith, { chatId, content: 'still there?' });
      await nextEvent(socket, 'message:new', (message: { id: number }) => message.id === id);
    }

    it('is warned of one minute before, and ends the socket at its end', async () => {
      const exp = inSeconds(600);
      await refresh(socket, tokenUntil(exp));
      await passUntil(exp, 60.001);
      await passUntil(exp, 60);
      await passUntil(exp, 0.001);
      expect(came).to.deep.equal(['message:new', 'auth:expiring', 'message:new', 'message:new']);
      expect(await nextEvent(socket, 'auth:expiring')).to.deep.equal({ expiresAt: isoOf(exp) });
      clock.tick(1);
      await nextEvent(socket, 'disconnect');
    });

    it('is replaced in place by a new one of the same user, after the warning too', async () => {
      const [first, second] = [inSeconds(50), inSeconds(600)];
      await refresh(socket, tokenUntil(first));
      clock.tick(25_000);
      await nextEvent(socket, 'auth:expiring');
      const { id } = socket;
      expect(await refresh(socket, tokenUntil(second))).to.deep.equal({ ok: true, expiresAt: isoOf(second) });
      await passUntil(first, -1);
      await passUntil(second, 60.001);
      expect(came).to.deep.equal(['auth:expiring', 'message:new', 'message:new']);
      await passUntil(second, 60);
      expect(await nextEvent(socket, 'auth:expiring')).to.deep.equal({ expiresAt: isoOf(second) });
      expect(socket).to.include({ id, connected: true });
      clock.tick(60_000);
      await nextEvent(socket, 'disconnect');
    });

    it('is warned of once, at half of what is left where that is under a minute', async () => {
      const exp = inSeconds(40);
      const token = tokenUntil(exp);
      await refresh(socket, token);
      await passUntil(exp, 21);
      await passUntil(exp, 19);
      expect(came).to.deep.equal(['message:new', 'auth:expiring', 'message:new']);
      // As a client does whose token was not renewed yet: the one that it has.
      await refresh(socket, token);
      clock.tick(1_000);
      await refresh(socket, token);
      await passUntil(exp, 0.001);
      expect(came).to.deep.equal(['message:new', 'auth:expiring', 'message:new', 'message:new']);
      clock.tick(1);
      await nextEvent(socket, 'disconnect');
    });

    it('still ends the socket where a new one was refused', async () => {
      const exp = inSeconds(600);
      await refresh(socket, tokenUntil(exp));
      expectAckRefusal(await refresh(socket, tokenUntil(inSeconds(1_200), mary)), 'actor_mismatch');
      expectAckRefusal(await refresh(socket, 'nonsense'), 'token_invalid');
      clock.tick(600_000);
      await nextEvent(socket, 'auth:expiring');
      await nextEvent(socket, 'disconnect');
    });

    it('may be further away than a timer can wait', async () => {
      const exp = inSeconds(90 * 86_400);
      await refresh(socket, tokenUntil(exp));
      await passUntil(exp, 60.001);
      expect(came).to.deep.equal(['message:new']);
      clock.tick(60_001);
      await nextEvent(socket, 'auth:expiring');
      await nextEvent(socket, 'disconnect');
    });
  });

  it('is refused as a replacement for the reasons of the handshake, and the socket carries on', async () => {
    const socket = await host.connect(john);
    expectAckRefusal(await refresh(socket, tokenUntil(inSeconds(-60))), 'token_expired');
    expectAckRefusal(await refresh(socket, host.tokens.djangoAccess(4711)), 'actor_unknown');
    expectAckRefusal(await refresh(socket, 'nonsense'), 'token_invalid');
    // Dentist 1 is another user than customer 1.
    expectAckRefusal(await refresh(socket, host.tokenOf(people.lind)), 'actor_mismatch');
    for (const wrong of [undefined, null, 1, {}, ['x']]) {
      expectAckRefusal(await refresh(socket, wrong), 'invalid_request');
    }
    expectAckRefusal(await ask(socket, 'auth:refresh'), 'invalid_request');
    expect(await ask(socket, 'message:send', { sessionId: chatId, content: 'carrying on' })).to.include({ ok: true });
  });
});

describe('a token on a live socket', () => {
  it('counts for as long as over REST where the clocks may differ', async () => {
    const tokens = await startTestTokens();
    const issuers = [cognito({ ...tokens.cognito, clockToleranceSeconds: 30 }), django(tokens.django)];
    const host = await startChatHost({ auth: { issuers } }, { tokens });
    try {
      const exp = Math.floor(Date.now() / 1_000) - 5;
      const token = tokens.cognitoAccess(john.login, { claims: { exp } });
      expect((await host.as({ token }).get('/api/chats')).status).to.equal(200);
      const socket = await host.connect({ token });
      const expiresAt = new Date((exp + 30) * 1_000).toISOString();
      expect(await ask(socket, 'auth:refresh', { token })).to.deep.equal({ ok: true, expiresAt });
      await noEvent(socket, 'disconnect');
    } finally {
      await host.close();
      await tokens.close();
    }
  });

  it('is counted by address when it is sent, good or bad', async () => {
    const host = await startChatHost({ limits: { callsPerMinutePerAddress: 3 } });
    try {
      const socket = await host.connect(john);
      expect(await ask(socket, 'auth:refresh', { token: host.tokenOf(john) })).to.include({ ok: true });
      expectAckRefusal(await ask(socket, 'auth:refresh', { token: 'nonsense' }), 'token_invalid');
      expectAckRefusal(await ask(socket, 'auth:refresh', { token: 'nonsense' }), 'rate_limited');
    } finally {
      await host.close();
    }
  });
});

describe('a token that expires while its call waits', () => {
  it('ends what still waits for its turn, at both doors', async () => {
    let isHeld: (() => void) | undefined;
    let go: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const going = new Promise<void>((resolve) => (go = resolve));
    const canSendMessage = (): Promise<void> => {
      isHeld?.();
      return going;
    };
    const plugins = [definePlugin({ name: 'slow', version: '1.0.0', hooks: { canSendMessage } })];
    const slow = await startChatHost({ plugins, limits: { callsAtOnce: 1 } });
    try {
      const chatId = await startChat(slow, john);
      const token = slow.tokens.cognitoAccess(john.login, { claims: { exp: Math.floor(Date.now() / 1_000) + 3 } });
      const [short, long] = [await slow.connect({ token }), await slow.connect(john)];
      const message = (content: string) => ({ sessionId: chatId, content });
      const first = ask(long, 'message:send', message('first'));
      await held;
      short.emit('message:send', message('too late'));
      const request = slow.as({ token }).post(`/api/chats/${chatId}/messages`, { content: 'too late' });
      await nextEvent(short, 'disconnect');
      go?.();
      expect(await first).to.include({ ok: true });
      expectRefusal(await request, 'token_expired');
      const last = await ask(long, 'message:send', message('last'));
      expect(last).to.include({ ok: true });
      const { body } = await slow.as(john).get<{ messages: { content: string }[] }>(`/api/chats/${chatId}/messages`);
      expect(body.messages.map(({ content }) => content)).to.not.include('too late');
    } finally {
      await slow.close();
    }
  });
});
