import { expect } from 'chai';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { definePlugin, defineRoute } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';

describe('a streamed answer', () => {
  it('may break when its client has gone, and harms nobody', async () => {
    const leaving = new AbortController();
    let answered = (): void => undefined;
    const broken = new Promise<void>((resolve) => (answered = resolve));
    const route = defineRoute({
      method: 'GET',
      path: '/streamed',
      auth: 'none',
      async handle({ signal }) {
        const left = once(signal, 'abort');
        leaving.abort();
        await left;
        const body = new PassThrough();
        body.once('close', answered);
        body.destroy(new Error('nobody reads this'));
        return { body };
      },
    });
    const host = await startChatHost({
      plugins: [definePlugin({ name: 'streams', version: '1.0.0', routes: [route] })],
    });
    try {
      const outcome: unknown = await fetch(`${host.url}/streamed`, { signal: leaving.signal }).catch(
        ({ name }: Error) => name,
      );
      expect(outcome).to.equal('AbortError');
      await broken;
      expect((await host.as(null).get('/health')).status).to.equal(200);
    } finally {
      await host.close();
    }
  });
});
