import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import { expect } from 'chai';
import Koa from 'koa';
import { people } from '../support/host-tables.js';
import type { HttpClient } from '../support/http-client.js';
import { openStage } from './stage.js';
import type { Stage } from './stage.js';

describe('a host with a body parser of its own', () => {
  let stage: Stage;
  let john: HttpClient;
  let url: string;
  let messages: string;

  before(async () => {
    stage = await openStage();
    const app = new Koa();
    app.use(bodyParser({ encoding: 'utf-8', jsonLimit: '64kb' }));
    app.use((ctx, next) => (ctx.path === '/echo' ? void (ctx.body = { echo: ctx.request.body }) : next()));
    const server = createServer(app.callback());
    await stage.createModule().mount(app, server);
    url = await stage.listen(server);
    john = stage.as(people.john, url);
    const { id } = (await john.post<{ id: number }>('/api/chats/start')).body;
    messages = `/api/chats/${id}/messages`;
  });

  after(async () => {
    await stage.clear();
    await stage.close();
  });

  it('sends what it has parsed', async () => {
    const sent = await john.post(messages, { content: 'Grüße 👋' });
    expect(sent.status).to.equal(201);
    expect(sent.body).to.include({ content: 'Grüße 👋' });
  });

  it('checks what it has parsed as strictly as what the chat parses itself', async () => {
    expect((await john.post(messages, { content: 7 })).body).to.have.nested.property('error.code', 'invalid_request');
    expect((await john.post(messages, { content: '\0' })).body).to.have.nested.property(
      'error.code',
      'invalid_request',
    );
    expect((await john.post(messages, {})).body).to.have.nested.property('error.code', 'message_empty');
    expect((await john.post(messages, [])).status).to.equal(400);
  });

  it('starts chats and marks messages as read where there is no body at all', async () => {
    expect((await john.post('/api/chats/start')).body).to.have.nested.property('error.code', 'chat_already_exists');
    const sent = await stage.as(people.smith, url).post<{ id: number }>(messages, { content: 'Hello' });
    expect((await john.post(`${messages}/${sent.body.id}/read`)).body).to.include({ isRead: true });
    expect((await john.post(messages.replace('messages', 'read'))).status).to.equal(200);
  });

  it('goes on parsing for the host', async () => {
    expect((await john.post('/echo', { a: 1 })).body).to.deep.equal({ echo: { a: 1 } });
  });
});
