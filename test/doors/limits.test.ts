import { expect } from 'chai';
import { once } from 'node:events';
import { connect as connectNet, type Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io-client';
import { useFakeTimers } from 'sinon';
import { WebSocket } from 'ws';
import { definePlugin, defineEvent, defineRoute, type ChatModuleOptions } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type Caller, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, roundTrip, type ClientOptions } from '../support/socket-client.js';

const { john, mary, smith } = people;

describe('a socket', () => {
  let host: ChatHost | undefined;
  const start = async (options: Partial<ChatModuleOptions>): Promise<ChatHost> => (host = await startChatHost(options));
  afterEach(() => host?.close());

  describe('from a browser', () => {
    const from = (origin: string): ClientOptions => ({ extraHeaders: { Origin: origin } });

    it('comes from any page where no origins are configured: a page has no token by itself', async () => {
      await start({});
      expect(await codeOf(john, from('https://evil.example'))).to.equal('connected');
    });

    it('comes from the configured pages alone, over either transport', async () => {
      await start({ realtime: { origins: ['https://app.example', /^https:\/\/\w+\.clinic\.example$/] } });
      for (const transports of [['websocket'], ['polling']]) {
        for (const origin of ['https://app.example', 'https://north.clinic.example']) {
          expect(await codeOf(john, { ...from(origin), transports })).to.equal('connected');
        }
        for (const origin of [
          'https://evil.example',
          'http://app.example',
          'https://app.example.evil.example',
          'null',
          '',
        ]) {
          expect(await codeOf(john, { ...from(origin), transports }), origin).to.equal('origin_refused');
        }
      }
    });

    it("comes from the server's own pages too, whoever else may come", async () => {
      const { url } = await start({ realtime: { origins: ['https://partner.example'] } });
      for (const transports of [['websocket'], ['polling']]) {
        expect(await codeOf(john, { ...from(url), transports })).to.equal('connected');
        expect(await codeOf(john, { ...from('http://127.0.0.1:1'), transports })).to.equal('origin_refused');
      }
    });

    it('comes from any page where cors lists none', async () => {
      await start({ realtime: { cors: { origin: [] } } });
      expect(await codeOf(john, from('https://evil.example'))).to.equal('connected');
    });

    it('comes from those that cors lists, which rules long polling alone', async () => {
      await start({ realtime: { cors: { origin: ['https://app.example'] } } });
      expect(await codeOf(john, from('https://app.example'))).to.equal('connected');
      expect(await codeOf(john, from('https://evil.example'))).to.equal('origin_refused');
    });

    it('is not asked where it comes from when it is no browser', async () => {
      await start({ realtime: { origins: ['https://app.example'] } });
      expect(await codeOf(john)).to.equal('connected');
    });
  });

  it('has ten seconds to send its token', async () => {
    const { url } = await start({});
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    try {
      const silent = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      await once(silent, 'message');
      const closed = once(silent, 'close');
      clock.tick(9_900);
      expect(silent.readyState).to.equal(WebSocket.OPEN);
      clock.tick(100);
      await closed;
    } finally {
      clock.restore();
    }
  });

  it('ends with a packet that is too large', async () => {
    await start({ realtime: { maxPacketBytes: 2_048 } });
    const socket = await connect(john);
    await ask(socket, 'message:send', { sessionId: 1, content: 'x'.repeat(1_000) });
    socket.emit('message:send', { sessionId: 1, content: 'x'.repeat(3_000) });
    expect(await nextEvent(socket, 'disconnect')).to.equal('transport close');
  });

  it('is cut off where it reads more slowly than it is spoken to', async () => {
    await start({ realtime: { maxBufferedBytes: 64 * 1_024, offlineGraceMs: 0 }, messages: { maxLength: 100_000 } });
    const chatId = await startChat(host as ChatHost, john);
    const [inSmith, inJohn] = [await connect(smith), await connect(john)];
    (inJohn.io.engine.transport as unknown as { ws: WebSocket }).ws.pause();
    const gone = nextEvent(inSmith, 'user:offline', undefined, 60_000).then(() => 'gone');
    const content = 'x'.repeat(100_000);
    for (let sent = 0; sent < 500; sent += 1) {
      const answer = ask(inSmith, 'message:send', { sessionId: chatId, content });
      if ((await Promise.race([gone, answer])) === 'gone') return;
    }
    throw new Error('50 MB were kept for it');
  });

  it('is read by whoever keeps up, however much is said at once', async () => {
    await start({ realtime: { maxBufferedBytes: 64 * 1_024 } });
    const chatId = await startChat(host as ChatHost, john);
    const [inSmith, inJohn] = [await connect(smith), await connect(john)];
    const content = 'x'.repeat(10_000);
    const sent = Array.from({ length: 15 }, () => ask(inSmith, 'message:send', { sessionId: chatId, content }));
    await Promise.all(sent);
    for (const _ of sent) await nextEvent(inJohn, 'message:new');
  });

  it('is one of so many that a person may have, at once or one by one', async () => {
    await start({ limits: { socketsPerPerson: 2 } });
    const first = await connect(john);
    await connect(john);
    expect(await codeOf(john)).to.equal('too_many_connections');
    expect(await codeOf(mary)).to.equal('connected');
    first.disconnect();
    await roundTrip(await connect(smith));
    expect(await codeOf(john)).to.equal('connected');
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => codeOf({ token: tokenOf(people.nia) })));
    expect(outcomes.filter((code) => code === 'connected').length).to.be.at.most(2);
  });

  it('is one of so many that a person may open in a minute', async () => {
    await start({ limits: { connectsPerMinutePerPerson: 2 } });
    for (const expected of ['connected', 'connected']) expect(await codeOf(john)).to.equal(expected);
    const asked = performance.now();
    const refusedAfterMs = await Promise.all(
      Array.from({ length: 6 }, async () => {
        expect(await codeOf(john)).to.equal('rate_limited');
        return performance.now() - asked;
      }),
    );
    const [first, last] = [Math.min(...refusedAfterMs), Math.max(...refusedAfterMs)];
    expect(first, 'a refusal at once would be asked for at once again').to.be.at.least(490);
    expect(last - first, 'the more wait for it, the longer').to.be.at.least(250);
    expect(await codeOf(mary)).to.equal('connected');
  });

  it('is let in a little later than four of the same person that came just before', async () => {
    await start({});
    const came = performance.now();
    const afterMs = async (caller: Caller): Promise<number> => {
      await connect(caller);
      return performance.now() - came;
    };
    const [his, hers] = await Promise.all([Promise.all(Array.from({ length: 7 }, () => afterMs(john))), afterMs(mary)]);
    expect(Math.max(...his) - Math.min(...his)).to.be.at.least(200);
    expect(hers).to.be.below(Math.max(...his));
  });

  it('is one of so many that an address may have, with a token or without', async () => {
    const { url } = await start({ limits: { socketsPerAddress: 2 } });
    const silent = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await once(silent, 'message');
    const polling = await connect(john, { transports: ['polling'] });
    await roundTrip(polling);
    expect(await codeOf(mary)).to.include('websocket error');
    expect(await codeOf(mary, { transports: ['polling'] })).to.include('xhr poll error');
    // Engine.IO takes a session that is named by nothing for a new one.
    for (const query of ['&sid=', '&sid', '&sid=x&sid=']) {
      const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling${query}`);
      expect(response.status, query).to.equal(403);
    }
    silent.terminate();
    await roundTrip(polling);
    expect(await codeOf(mary)).to.equal('connected');
  });

  function connect(caller: Caller, options?: ClientOptions): Promise<Socket> {
    return (host as ChatHost).connect(caller, options);
  }

  function tokenOf(caller: Caller): string {
    return (host as ChatHost).tokenOf(caller) ?? '';
  }

  /** `connected`, and it is left open; or the code of the refusal. */
  async function codeOf(caller: Caller, options?: ClientOptions): Promise<string> {
    try {
      await connect(caller, options);
      return 'connected';
    } catch (error) {
      const { data, message } = error as { data?: { code?: string }; message: string };
      return data?.code ?? message;
    }
  }
});

describe('the calls of one address', () => {
  let host: ChatHost | undefined;
  afterEach(() => host?.close());

  const statusFrom = async (forwarded?: string): Promise<number> => {
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
    return ((await host?.as(john).request('/api/chats', { headers })) ?? { status: 0 }).status;
  };

  it('are limited over both doors, before any token is looked at', async () => {
    host = await startChatHost({ limits: { callsPerMinutePerAddress: 3 } });
    expect((await host.as({ token: 'nonsense' }).get('/api/chats')).status).to.equal(401);
    expect(await statusFrom()).to.equal(200);
    await host.connect(mary);
    const refused = await host.as({ token: 'nonsense' }).get('/api/chats');
    expectRefusal(refused, 'rate_limited');
    expect(Number(refused.headers.get('Retry-After'))).to.be.within(1, 60);
    const outcome: unknown = await host.connect(mary).catch((error: { data?: unknown }) => error.data);
    expect(outcome).to.include({ code: 'rate_limited' });
    expect((await host.as(null).get('/health')).status).to.equal(200);
  });

  it('are limited where no token is asked for, too, but for the health check', async () => {
    const open = defineRoute({ method: 'GET', path: '/open', auth: 'none', handle: () => ({ body: 'open' }) });
    host = await startChatHost({
      plugins: [definePlugin({ name: 'open', version: '1.0.0', routes: [open] })],
      limits: { callsPerMinutePerAddress: 2 },
    });
    const anyone = host.as(null);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      expect((await anyone.get('/health')).status).to.equal(200);
      statuses.push((await anyone.get('/open')).status);
    }
    expect(statuses).to.deep.equal([200, 200, 429]);
  });

  it('are those of the connection, whatever a header says', async () => {
    host = await startChatHost({ limits: { callsPerMinutePerAddress: 2 } });
    expect([await statusFrom('1.1.1.1'), await statusFrom('2.2.2.2'), await statusFrom('3.3.3.3')]).to.deep.equal([
      200, 200, 429,
    ]);
  });

  for (const [trust, trustProxy] of [
    ['a number of proxies', 1],
    ['a list of proxies', ['loopback']],
  ] as const) {
    it(`are those that ${trust} name, and what was forged before them counts for nothing`, async () => {
      host = await startChatHost({ limits: { callsPerMinutePerAddress: 1, trustProxy } });
      expect([await statusFrom('1.1.1.1'), await statusFrom('2.2.2.2')]).to.deep.equal([200, 200]);
      expect(await statusFrom('9.9.9.9, 1.1.1.1')).to.equal(429);
      expect(await statusFrom('not an address')).to.be.oneOf([200, 429]);
    });

    it(`are those of a whole network of IPv6, which is one customer's, behind ${trust}`, async () => {
      host = await startChatHost({ limits: { callsPerMinutePerAddress: 1, trustProxy } });
      expect(await statusFrom('2001:db8:0:1::1')).to.equal(200);
      expect(await statusFrom('2001:db8:0:1:ffff::2')).to.equal(429);
      expect(await statusFrom('2001:0DB8::1:0:0:0:3')).to.equal(429);
      expect(await statusFrom('2001:db8:0:2::1')).to.equal(200);
      expect(await statusFrom('::1')).to.equal(200);
      expect(await statusFrom('::ffff:1.1.1.1')).to.equal(200);
      expect(await statusFrom('::ffff:2.2.2.2')).to.equal(200);
    });
  }
});

describe('the calls of one person', () => {
  it('run so many at once over both doors, the others in their order', async () => {
    const going: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const slow = definePlugin({
      name: 'slow',
      version: '1.0.0',
      events: [
        defineEvent({
          event: 'slow',
          async handle() {
            most = Math.max(most, (running += 1));
            await new Promise<void>((resolve) => going.push(resolve));
            running -= 1;
          },
        }),
      ],
    });
    const host = await startChatHost({ plugins: [slow], limits: { callsAtOnce: 2 } });
    try {
      const [inJohn, onPhone, inMary] = [await host.connect(john), await host.connect(john), await host.connect(mary)];
      const order: number[] = [];
      const slowly = [1, 2, 3, 4].map(async (n) => {
        await ask(n % 2 === 0 ? onPhone : inJohn, 'slow');
        order.push(n);
      });
      const read = host.as(john).get('/api/chats');
      await roundTrip(inMary);
      while (order.length < 4) {
        going.shift()?.();
        await roundTrip(inMary);
      }
      await Promise.all(slowly);
      expect((await read).status).to.equal(200);
      expect({ most, order: [...order].sort() }).to.deep.equal({ most: 2, order: [1, 2, 3, 4] });
    } finally {
      await host.close();
    }
  });

  it('go on while as many as may run at once have stalled', async () => {
    const host = await startChatHost();
    host.app.silent = true;
    const { port } = new URL(host.url);
    const stalled: NetSocket[] = [];
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    try {
      const inJohn = await host.connect(john);
      const chatId = await startChat(host, john);
      const head = [
        `POST /api/chats/${chatId}/messages HTTP/1.1`,
        'Host: chat',
        `Authorization: Bearer ${host.tokenOf(john)}`,
        'Content-Type: application/json',
        'Content-Length: 1000',
        'Expect: 100-continue',
      ];
      for (let i = 0; i < 4; i += 1) {
        const upload = connectNet(Number(port), '127.0.0.1');
        stalled.push(upload.on('error', () => undefined));
        upload.write(`${head.join('\r\n')}\r\n\r\n{`);
        await once(upload, 'data');
      }
      await roundTrip(await host.connect(mary));
      let isAnswered = false;
      const sent = inJohn.emitWithAck('message:send', { sessionId: chatId, content: 'while they stall' });
      const answered = sent.then((ack: unknown) => ((isAnswered = true), ack));
      await roundTrip(await host.connect(mary));
      expect(isAnswered).to.equal(false);
      clock.tick(5_000);
      expect(await answered).to.include({ ok: true });
    } finally {
      clock.restore();
      for (const upload of stalled) upload.destroy();
      await host.close();
    }
  });

  it('end the connection of whoever asks on however often they are refused', async () => {
    const host = await startChatHost();
    try {
      const [inJohn, inMary] = [await host.connect(john), await host.connect(mary)];
      const chatId = await startChat(host, mary);
      for (let i = 0; i < 20_000; i += 1) inJohn.emit('message:read', { sessionId: 1, messageId: 1 });
      expect(await ask(inMary, 'message:send', { sessionId: chatId, content: 'meanwhile' })).to.include({ ok: true });
      expect(await nextEvent(inJohn, 'disconnect')).to.be.oneOf(['transport close', 'transport error']);
    } finally {
      await host.close();
    }
  });

  it('are not carried out after their turn where they were signed out meanwhile', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = definePlugin({
      name: 'slow',
      version: '1.0.0',
      events: [defineEvent({ event: 'slow', handle: () => gate })],
    });
    const host = await startChatHost({ plugins: [slow], limits: { callsAtOnce: 1 } });
    try {
      const chatId = await startChat(host, john);
      const chatOfMary = await startChat(host, mary);
      const [inJohn, inMary, inSmith] = [await host.connect(john), await host.connect(mary), await host.connect(smith)];
      inJohn.emit('slow');
      inJohn.emit('message:send', { sessionId: chatId, content: 'signed out before its turn' });
      inMary.emit('slow');
      inMary.emit('message:send', { sessionId: chatOfMary, content: 'left before its turn' });
      await roundTrip(inSmith);
      inMary.disconnect();
      await host.chat.people.disconnect(john);
      await nextEvent(inJohn, 'disconnect');
      release();
      expect(await nextEvent(inSmith, 'message:new')).to.include({ content: 'left before its turn' });
      await ask(inSmith, 'message:send', { sessionId: chatId, content: 'and then' });
      const page = await host.chat.messages.list(john, { chatId });
      expect(page.messages.map(({ content }) => content)).to.deep.equal(['and then']);
    } finally {
      await host.close();
    }
  });

  it('are refused where a thousand wait', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = definePlugin({
      name: 'slow',
      version: '1.0.0',
      events: [defineEvent({ event: 'slow', handle: () => gate })],
    });
    const host = await startChatHost({ plugins: [slow], limits: { callsAtOnce: 1 } });
    try {
      const inJohn = await host.connect(john);
      const answers = Array.from({ length: 1_002 }, () =>
        ask<{ ok: boolean; error?: { code: string } }>(inJohn, 'slow'),
      );
      expect((await answers[1_001])?.error?.code).to.equal('rate_limited');
      release();
      expect((await Promise.all(answers)).filter(({ ok }) => ok)).to.have.length(1_001);
    } finally {
      await host.close();
    }
  });
});
