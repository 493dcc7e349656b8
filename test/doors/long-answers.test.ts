import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { definePlugin, defineRoute } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';

const { john, mary } = people;

/** More than a person's calls that run and wait without being a flood, by one. */
const calls = 13;

const words = Array.from({ length: 20_000 }, () => 'x'.repeat(60));

/** Both take the same time, and one answers 1.2 MB. */
const plugin = definePlugin({
  name: 'words',
  version: '1.0.0',
  routes: (['/short', '/long'] as const).map((path) =>
    defineRoute({
      method: 'GET',
      path,
      handle: async () => {
        await delay(100);
        return { body: { words: path === '/long' ? words : [] } };
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
        await host.as(mary).get('/short');
        await delay(10);
      }
    })();
    for (const { status } of await Promise.all(answers)) expect(status).to.equal(200);
    isOver = true;
    await others;
    return performance.now() - began;
  }

  it('rests for longer between long answers, beside others who call', async () => {
    const short = await floodOf('/short');
    // Twenty calls, and not one: it rests for four times as long.
    expect(await floodOf('/long')).to.be.at.least(2 * short);
  });
});
