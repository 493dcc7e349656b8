import { expect } from 'chai';
import { startChatHost, type ChatHost } from '../support/chat-host.js';

describe('long polling', () => {
  let host: ChatHost;
  before(async () => {
    host = await startChatHost({ realtime: { cors: { origin: 'https://clinic.example' } } });
  });
  after(() => host.close());

  it('takes GET and POST, answers preflights, and refuses every other method with 405', async () => {
    const path = `${host.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(path)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
      const answer = await fetch(`${path}&sid=${sid}`, { method });
      expect([answer.status, answer.headers.get('Allow')], method).to.deep.equal([405, 'GET, POST']);
    }
    const preflight = { Origin: 'https://clinic.example', 'Access-Control-Request-Method': 'POST' };
    expect((await fetch(`${path}&sid=${sid}`, { method: 'OPTIONS', headers: preflight })).status).to.equal(204);
    expect((await fetch(`${path}&sid=${sid}`, { method: 'POST', body: '1' })).status).to.equal(200);
  });
});
