import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { conversations } from '../../host-example/demo/conversations.js';
import { emma, insertPeople, novak } from '../../host-example/demo/people.js';
import { seed } from '../../host-example/demo/seed.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { httpClient, type HttpClient } from '../support/http-client.js';
import { makeFolder } from '../support/run-folder.js';
import { startDemoProcess, type DemoProcess } from './demo-process.js';

describe('the demo', function () {
  this.timeout(60_000);
  let demo: DemoProcess;

  before(async () => {
    demo = await startDemoProcess();
  });
  after(() => demo?.stop());

  const signIn = async (person: string): Promise<HttpClient> => {
    const { body } = await httpClient(demo.url, undefined).post<{ token: string }>(`/demo/people/${person}/token`);
    return httpClient(demo.url, body.token);
  };

  it('serves its page, and lets it load nothing from elsewhere', async () => {
    const { status, headers, body } = await httpClient(demo.url, undefined).get<string>('/');
    expect(status).to.equal(200);
    expect(headers.get('Content-Security-Policy')).to.include("default-src 'none'");
    for (const [path] of body.matchAll(/\/assets\/[\w.]+/g))
      expect((await fetch(demo.url + path)).status, path).to.equal(200);
  });

  it('asks again for no file that has not changed', async () => {
    const page = `${demo.url}/assets/page.css`;
    const etag = (await fetch(page)).headers.get('ETag') ?? '';
    // Not by fetch, which asks for a fresh answer whenever it is given this header.
    const request = get(page, { headers: { 'If-None-Match': etag } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(304);
  });

  it('publishes the keys of its user pool as Cognito does, and none of their secrets', async () => {
    const path = '/demo/cognito/eu-central-1_FernhillDemo/.well-known/jwks.json';
    const { body } = await httpClient(demo.url, undefined).get<{ keys: object[] }>(path);
    expect(body.keys).to.have.length(1);
    expect(body.keys[0]).to.have.all.keys('kty', 'n', 'e', 'kid', 'use', 'alg');
  });

  it('gives tokens to its people, which the service takes, and to nobody else', async () => {
    for (const person of ['customer-1', 'dentist-1']) {
      const { status, body } = await (await signIn(person)).get<{ chats: object[] }>('/api/chats');
      expect(status, person).to.equal(200);
      expect(body.chats, person).not.to.be.empty;
    }
    const stranger = await httpClient(demo.url, undefined).post('/demo/people/customer-99/token');
    expect(stranger.status).to.equal(404);
  });

  it('keeps what was written over a crash, and seeds nothing twice', async () => {
    const before = await (await signIn('dentist-1')).get<{ chats: { id: number }[] }>('/api/chats');
    const chatId = before.body.chats[0]?.id;
    await (await signIn('customer-2')).post(`/api/chats/${chatId}/messages`, { content: 'Before the crash' });
    const pages = `/api/chats/${chatId}/messages?limit=100`;
    const messages = await (await signIn('dentist-1')).get<{ messages: object[] }>(pages);

    await demo.crashAndRestart();
    const after = await (await signIn('dentist-1')).get<{ messages: { content: string }[] }>(pages);
    expect(after.body.messages.at(-1)?.content).to.equal('Before the crash');
    expect(after.body.messages).to.have.length(messages.body.messages.length);
  });
});

describe('the seeding of the demo', () => {
  let host: ChatHost;
  let database: pg.Pool;

  before(async () => {
    host = await startChatHost();
    database = new pg.Pool({ connectionString: host.databaseUrl, max: 2 });
  });
  after(async () => {
    await database?.end();
    await host?.close();
  });

  it('starts over after it was cut short, and says nothing twice', async () => {
    const marker = join(await makeFolder('seed'), 'seeded');
    await insertPeople(database);
    await seed(host.chat, database, marker);
    await rm(marker);
    await insertPeople(database);
    await seed(host.chat, database, marker);

    const [chat] = (await host.chat.chats.list(emma)).chats;
    const chatId = chat?.id ?? 0;
    const { messages } = await host.chat.messages.list(novak, { chatId, limit: 100 });
    const lines = conversations[0]?.lines ?? [];
    expect(messages.map(({ content }) => content)).to.deep.equal(lines.map(({ text }) => text));
    expect(messages.map(({ createdAt }) => createdAt)).to.deep.equal(messages.map(({ createdAt }) => createdAt).sort());
    expect(chat).to.include({ unreadCount: 2, updatedAt: messages.at(-1)?.createdAt });
  });
});
