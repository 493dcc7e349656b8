import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { openStage, type Stage } from '../lifecycle/stage.js';
import { talk } from '../support/raw-http.js';

describe('a request target that Koa cannot read', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.clear());
  after(() => stage.close());

  // Node's parser lets them pass, and Koa's throws.
  const targets = ['http://[', 'http://[::1', 'ws://a:b@[/api/chats'];

  for (const [when, isLate] of [
    ['before app.callback()', false],
    ['after it', true],
  ] as const) {
    it(`is the host's to answer, where the module was mounted ${when}`, async () => {
      const app = new Koa();
      const server = createServer();
      const chat = stage.createModule();
      if (isLate) server.on('request', app.callback());
      await chat.mount(app, server);
      if (!isLate) server.on('request', app.callback());
      await stage.listen(server);
      const { port } = server.address() as AddressInfo;
      for (const target of targets) {
        expect(await talk(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), target).to.match(
          /^HTTP\/1\.1 404 /,
        );
      }
      expect(await talk(port, 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).to.match(
        /^HTTP\/1\.1 200 /,
      );
    });
  }
});
