import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { rateLimit, type RateLimitOptions } from '../../lib/index.js';
import { faultsOf } from '../auth/faults.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: { retryAfterSeconds?: number };
  };
}

describe('The rate limit', () => {
  let host: ChatHost | undefined;

  // A call a minute: within a test a bucket does not fill up again.
  async function start(options: RateLimitOptions): Promise<ChatHost> {
    host = await startChatHost({ plugins: [rateLimit({ perMinute: 1, ...options })] });
    return host;
  }
  const statuses = async (count: number, call: () => Promise<{ status: number }>): Promise<number[]> => {
    const found: number[] = [];
    for (let i = 0; i < count; i += 1) found.push((await call()).status);
    return found;
  };
  const typing = (socket: Socket, sessionId: number): Promise<{ ok: boolean } & Partial<Refusal>> =>
    ask(socket, 'typing:start', { sessionId });

  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  it('answers 429 with Retry-After and the code, once the burst is used up', async () => {
    const { as } = await start({ burst: 3 });
    expect(await statuses(3, () => as(people.john).get('/api/chats'))).to.deep.equal([200, 200, 200]);
    const { status, headers, body } = await as(people.john).get<Refusal>('/api/chats');
    expect(status).to.equal(429);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).to.be.within(1, 60);
    expect(body.error).to.deep.equal({
      code: 'rate_limited',
      message: 'Too many requests',
      details: { retryAfterSeconds: seconds },
    });
  });

  it('counts REST and all sockets of a person together', async () => {
    const { as, connect, chat } = await start({ burst: 3 });
    const chatId = (await chat.chats.start(people.john)).id;
    const [phone, laptop] = [await connect(people.john), await connect(people.john)];
    expect((await as(people.john).get('/api/chats')).status).to.equal(200);
    expect(await ask(phone, 'message:send', { sessionId: chatId, content: 'one' })).to.include({ ok: true });
    expect(await ask(laptop, 'message:send', { sessionId: chatId, content: 'two' })).to.include({ ok: true });
    const refused = await ask<{ ok: boolean } & Refusal>(phone, 'message:send', {
      sessionId: chatId,
      content: 'three',
    });
    expect(refused).to.include({ ok: false });
    expect(refused.error.code).to.equal('rate_limited');
    expect(refused.error.details?.retryAfterSeconds).to.be.within(1, 60);
    expect((await as(people.john).get('/api/chats')).status).to.equal(429);
  });

  it('emits chat:error where there is no ack', async () => {
    const { connect, chat } = await start({ burst: 1 });
    const sessionId = (await chat.chats.start(people.john)).id;
    const socket = await connect(people.john);
    socket.emit('message:send', { sessionId, content: 'one' });
    socket.emit('message:send', { sessionId, content: 'two' });
    const refused = await nextEvent<Refusal & { event: string }>(socket, 'chat:error');
    expect(refused.event).to.equal('message:send');
    expect(refused.error.code).to.equal('rate_limited');
  });

  it('leaves everybody else alone, the dentist with the same id too', async () => {
    const { as } = await start({ burst: 1 });
    expect(await statuses(2, () => as(people.john).get('/api/chats'))).to.deep.equal([200, 429]);
    expect(people.lind.id).to.equal(people.john.id);
    for (const person of [people.lind, people.mary]) expect((await as(person).get('/api/chats')).status).to.equal(200);
  });

  it('counts a call that fails, since it costs as much', async () => {
    const { as } = await start({ burst: 2 });
    expect(await statuses(3, () => as(people.john).get('/api/chats/999'))).to.deep.equal([404, 404, 429]);
  });

  it('counts neither the health check nor a call that is nobody’s', async () => {
    const { as } = await start({ burst: 1 });
    expect(await statuses(3, () => as(null).get('/health'))).to.deep.equal([200, 200, 200]);
    expect(await statuses(3, () => as(null).get('/api/chats'))).to.deep.equal([401, 401, 401]);
    expect(await statuses(2, () => as(people.john).get('/api/chats'))).to.deep.equal([200, 429]);
  });

  it('counts five typing events as one call', async () => {
    const started = await start({ burst: 1 });
    const chatId = await startChat(started, people.john);
    const socket = await started.connect(people.john);
    for (let i = 0; i < 5; i += 1) expect(await typing(socket, chatId)).to.include({ ok: true });
    expect((await typing(socket, chatId)).error?.code).to.equal('rate_limited');
  });

  it('lets a socket keep its token fresh when nothing else is allowed any more', async () => {
    const { as, connect, tokenOf } = await start({ burst: 1 });
    const socket = await connect(people.john);
    expect(await statuses(2, () => as(people.john).get('/api/chats'))).to.deep.equal([200, 429]);
    expect(await ask(socket, 'auth:refresh', { token: tokenOf(people.john) })).to.include({ ok: true });
  });

  it('counts operations as it is told', async () => {
    const { as } = await start({ burst: 3, costs: { 'GET /api/chats': 0, 'GET /api/chats/:chatId': 1.5 } });
    expect(await statuses(5, () => as(people.john).get('/api/chats'))).to.deep.equal([200, 200, 200, 200, 200]);
    expect(await statuses(3, () => as(people.john).get('/api/chats/999'))).to.deep.equal([404, 404, 429]);
  });

  it('does not count what the host does itself', async () => {
    const { chat } = await start({ burst: 1 });
    for (let i = 0; i < 3; i += 1) await chat.chats.list(people.john);
  });

  it('names every fault in its options at once', () => {
    const options = { perMinute: 0, burst: '1', maxPeople: NaN, costs: { 'message:send': -1 }, perSecond: 1 };
    expect(faultsOf(() => rateLimit(options as unknown as RateLimitOptions))).to.deep.equal([
      'rateLimit.perSecond: no such option',
      'rateLimit.perMinute: must be a number from 1 to 60,000',
      'rateLimit.burst: must be a number from 1 to 60,000',
      'rateLimit.maxPeople: must be a number from 1 to 10,000,000',
      'rateLimit.costs["message:send"]: must be a number from 0 to 1',
    ]);
  });

  it('refuses a cost that no burst could pay', () => {
    expect(faultsOf(() => rateLimit({ burst: 2, costs: { 'message:send': 3 } }))).to.deep.equal([
      'rateLimit.costs["message:send"]: must be a number from 0 to 2',
    ]);
  });
});
