import { expect } from 'chai';
import sinon from 'sinon';
import { defineEvent, defineRoute } from '../../lib/index.js';
import type { Plugin } from '../../lib/index.js';
import { failToMount } from '../lifecycle/fail-to-mount.js';
import { openStage } from '../lifecycle/stage.js';
import type { Stage } from '../lifecycle/stage.js';
import { plugin } from './plugin.js';

describe('a start with plugins that collide', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  const route = (path: string, method: 'GET' | 'POST' = 'GET') =>
    defineRoute({ method, path, handle: () => ({ body: {} }) });
  const event = (name: string) => defineEvent({ event: name, handle: () => undefined });
  const table = (sql: string) => [{ name: '0001-table', sql }];

  const collisions: Record<string, { plugins: Plugin[]; fault: string }> = {
    'a route of the module': {
      plugins: [plugin('one', { routes: [route('/api/chats/:anything')] })],
      fault:
        'plugins: "one" declares the route GET /api/chats/:anything, which GET /api/chats/:chatId of koa-chat-module answers',
    },
    'a route of another plugin, written in another way': {
      plugins: [
        plugin('one', { routes: [route('/audit/:id/Lines')] }),
        plugin('two', { routes: [route('/Audit/:number/lines/')] }),
      ],
      fault: 'plugins: "two" declares the route GET /Audit/:number/lines/, which GET /audit/:id/Lines of "one" answers',
    },
    'a route that answers what another would': {
      plugins: [plugin('one', { routes: [route('/api/chats/export')] })],
      fault:
        'plugins: "one" declares the route GET /api/chats/export, which GET /api/chats/:chatId of koa-chat-module answers',
    },
    'an event of the module': {
      plugins: [plugin('one', { events: [event('message:send')] })],
      fault: 'plugins: "one" declares the event "message:send", which koa-chat-module declares',
    },
    'the event that renews tokens': {
      plugins: [plugin('one', { events: [event('auth:refresh')] })],
      fault: 'plugins: "one" declares the event "auth:refresh", which koa-chat-module declares',
    },
    'an event of another plugin': {
      plugins: [plugin('one', { events: [event('audit:log')] }), plugin('two', { events: [event('audit:log')] })],
      fault: 'plugins: "two" declares the event "audit:log", which "one" declares',
    },
    'an event of Socket.IO': {
      plugins: [plugin('one', { events: [event('disconnect')] })],
      fault: 'plugins: "one" declares the event "disconnect", which Socket.IO keeps for itself',
    },
    'a table of the module': {
      plugins: [plugin('one', { migrations: table('create table if not exists "messages" (n int)') })],
      fault: 'plugins: "one" and koa-chat-module both make the table messages',
    },
    "the module's journal": {
      plugins: [plugin('one', { migrations: table('CREATE TABLE Migrations (n int)') })],
      fault: 'plugins: "one" and koa-chat-module both make the table migrations',
    },
    'a table of another plugin, in a schema that both name': {
      plugins: [
        plugin('one', {
          migrations: table('CREATE TABLE "Chat"."counts" (n int); CREATE TABLE "Chat"."sums" (n int)'),
        }),
        plugin('two', {
          migrations: table('CREATE TABLE "Chat" . COUNTS (n int); CREATE TABLE "Chat"."means" (n int)'),
        }),
      ],
      fault: 'plugins: "two" and "one" both make the table Chat.counts',
    },
    'a table of another plugin': {
      plugins: [
        plugin('one', { migrations: table('CREATE UNLOGGED TABLE counts (n int)') }),
        plugin('two', { migrations: table('CREATE TABLE counts (n int)') }),
      ],
      fault: 'plugins: "two" and "one" both make the table counts',
    },
  };
  for (const [what, { plugins, fault }] of Object.entries(collisions)) {
    it(`names both owners of ${what}, before any plugin has started`, async () => {
      const start = sinon.spy();
      const error = await failToMount(stage, { plugins: [...plugins, plugin('started', { start })] });
      expect(error.message).to.equal(`The plugins do not fit together:\n  - ${fault}`);
      expect(start.callCount).to.equal(0);
    });
  }

  it('names the plugin whose path is none, before anything was done', async () => {
    const database = { schema: 'never_made' };
    const error = await failToMount(stage, { database, plugins: [plugin('one', { routes: [route('/a/:')] })] });
    expect(error.message).to.match(
      /^The plugins do not fit together:\n  - plugins: "one" declares the route GET \/a\/:, whose path cannot be read: /,
    );
    expect(await stage.database.query("SELECT to_regnamespace('never_made') AS s")).to.deep.equal([{ s: null }]);
  });
});
