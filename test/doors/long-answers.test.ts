import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { definePlugin, defineRoute } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';

const { john, mary } = people;

/** More than a person's calls that run and wait without being a flood, by one. */
const calls = 13;

const words = Array.from({ length: 20_000 }, () => 'x'.repeat(60));

/** All take the same time; one answers 1.2 MB, and one a stream whose length nobody knows. */
const plugin = definePlugin({
  name: 'words',
  version: '1.0.0',
  routes: (['/short', '/long', '/unknown'] as const).map((path) =>
    defineRoute({
      method: 'GET',
      path,
      handle: async () => {
        await delay(100);
        if (path !== '/unknown') return { body: { words: path === '/long' ? words : [] } };
        return { body: Readable.from(['{}']), headers: { 'Content-Type': 'application/json' } };
      },
    }),
  ),
});

describe("a person's flood", () => {
  let host: ChatHost;
  before(async () => {
    host = await startChatHost({ plugins: [plugin] });
  });
  after(() => host.close());

  /** How long it takes until so many calls at once are all answered, in milliseconds. */
  async function floodOf(path: string): Promise<number> {
    const began = performance.now();
    const answers = Array.from({ length: calls }, () => host.as(john).get(path));
    let isOver = false;
    const others = (async () => {
      while (!isOver) {
        await host.as(mary).get('/api/chats');
        await delay(10);
      }
    })();
    for (const { status } of await Promise.all(answers)) expect(status).to.equal(200);
    isOver = true;
    await others;
    return performance.now() - began;
  }

  it('rests for longer between long answers, beside others who call', async () => {
    const [short, long, unknown] = [await floodOf('/short'), await floodOf('/long'), await floodOf('/unknown')];
    // One rests for half a second, and twenty calls for four times as long.
    expect(short).to.be.at.least(600);
    expect(long).to.be.at.least(2_100);
    expect(unknown).to.be.within(600, 2_000);
  });
});
