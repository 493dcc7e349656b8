import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { memoryStorage, type ChatClient, type OutboxStorage } from '../../lib/client/index.js';
import { chatError, definePlugin } from '../../lib/index.js';
import { startChatHost, type ChatHost, type Surroundings } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { until as eventually } from '../support/until.js';
import { clientOf, open, shownTexts, shows, statusOf, swift, until } from './client-of.js';

describe('the outbox of the chat client', () => {
  let host: ChatHost;
  let chatId: number;
  let john: ChatClient;
  /** What becomes of the next message, if not the usual. */
  let trouble: (() => void) | undefined;
  /** Status and body of what answers the next requests in place of the service. */
  let strangers: [status: number, body: string | object][] = [];

  before(async () => {
    const troubled = definePlugin({
      name: 'trouble',
      version: '1.0.0',
      hooks: {
        canSendMessage() {
          const now = trouble;
          trouble = undefined;
          now?.();
        },
      },
    });
    const prepare: NonNullable<Surroundings['prepare']> = (app) => {
      app.use(async (ctx, next) => {
        const answer = ctx.method === 'POST' ? strangers.shift() : undefined;
        if (answer === undefined) await next();
        else [ctx.status, ctx.body] = answer;
      });
    };
    host = await startChatHost({ plugins: [troubled] }, { prepare });
  });
  after(() => host.close());

  beforeEach(async () => {
    chatId = await host.chat.chats.list(people.john).then(({ chats }) => chats[0]?.id ?? startChat(host, people.john));
    john = await clientOf(host, people.john);
    await open(john, chatId);
  });
  afterEach(() => john.disconnect());

  it('shows a message at once, and the same one when it has arrived', async () => {
    const id = john.send(chatId, 'at once');
    expect(statusOf(john, id)).to.equal('sending');
    await until(john, ({ outbox }) => outbox.length === 0);
    const last = john.getSnapshot().conversations.get(chatId)?.messages.at(-1);
    expect(last).to.include({ content: 'at once', clientMessageId: id });
  });

  it('is never between the two: in one step a message leaves the outbox and takes its place', async () => {
    const id = john.send(chatId, 'one step');
    const sightings = new Set<number>();
    const unsubscribe = john.subscribe(() => {
      const waiting = john.getSnapshot().outbox.filter(({ clientMessageId }) => clientMessageId === id).length;
      const arrived = shownTexts(john, chatId).filter((text) => text === 'one step').length;
      sightings.add(waiting + arrived);
    });
    await until(john, ({ outbox }) => outbox.length === 0);
    unsubscribe();
    expect([...sightings]).to.deep.equal([1]);
  });

  it('keeps a refused message until it is tried again, and lets the next one pass', async () => {
    trouble = () => {
      throw chatError('refused');
    };
    const id = john.send(chatId, 'refused at first');
    await until(john, () => statusOf(john, id) === 'failed');
    expect(john.getSnapshot().outbox[0]?.failure?.code).to.equal('refused');
    john.send(chatId, 'not refused');
    await until(john, shows(chatId, 'not refused'));

    john.retry(id);
    await until(john, shows(chatId, 'refused at first'));
    expect(john.getSnapshot().outbox).to.deep.equal([]);
  });

  it('tries again by itself when the service is in trouble', async () => {
    trouble = () => {
      throw chatError('database_unavailable');
    };
    john.send(chatId, 'after some trouble');
    await until(john, shows(chatId, 'after some trouble'));
  });

  it('waits as long as the service asks for', async () => {
    let refusedAt = Infinity;
    trouble = () => {
      refusedAt = performance.now();
      throw chatError('rate_limited', { retryAfterSeconds: 1 });
    };
    john.send(chatId, 'not so fast');
    await until(john, shows(chatId, 'not so fast'));
    // Sooner by half at least, were it the client's own pause; timers and clocks differ by little.
    expect(performance.now() - refusedAt).to.be.above(900);
  });

  it('lets a message be given up', async () => {
    trouble = () => {
      throw chatError('refused');
    };
    const id = john.send(chatId, 'never mind');
    await until(john, () => statusOf(john, id) === 'failed');
    john.discard(id);
    expect(john.getSnapshot().outbox).to.deep.equal([]);
  });

  it('sends pictures with their words, as one message', async function () {
    this.timeout(30_000);
    const file = await readFile(new URL('../../host-example/demo/photos/case.jpg', import.meta.url));
    const picture = new Blob([file], { type: 'image/jpeg' });
    john.send(chatId, 'with pictures', [picture, picture]);
    // The first picture waits until what looks into it has been loaded.
    await until(john, shows(chatId, 'with pictures'), 25_000);
    const message = john.getSnapshot().conversations.get(chatId)?.messages.at(-1);
    expect(message?.imageUrls).to.have.length(2);
    expect((await fetch(new URL(message?.imageUrls[0] ?? '', host.url))).status).to.equal(200);
  });

  it("takes nobody else's word for it that a message cannot be sent", async function () {
    this.timeout(30_000);
    strangers = [
      [404, 'Not Found'],
      [404, { error: { code: 'NOT_FOUND', message: 'The deployment could not be found' } }],
      [200, "<h1>Welcome to our guests' network</h1>"],
    ];
    const file = await readFile(new URL('../../host-example/demo/photos/case.jpg', import.meta.url));
    john.send(chatId, 'through a restart', [new Blob([file])]);
    await until(john, shows(chatId, 'through a restart'), 25_000);
    expect(strangers).to.deep.equal([]);
  });

  it('fails in the end where the service never answers itself, and at once where a proxy finds it too large', async () => {
    const quick = await clientOf(host, people.john, { timing: swift });
    for (const [times, status, code] of [
      [6, 404, 'invalid_answer'],
      [1, 413, 'body_too_large'],
    ] as const) {
      strangers = Array.from({ length: times }, () => [status, 'no JSON']);
      const id = quick.send(chatId, '', [new Blob(['a picture'])]);
      await until(quick, () => statusOf(quick, id) === 'failed');
      expect(quick.getSnapshot().outbox.at(-1)?.failure?.code).to.equal(code);
      expect(strangers).to.deep.equal([]);
    }
    quick.disconnect();
  });

  describe('over a reload of the page', () => {
    it('keeps text that could not be sent, and makes one message of it', async () => {
      const storage = memoryStorage();
      const before = await clientOf(host, people.john, { storage });
      before.disconnect();
      before.send(chatId, 'written in a tunnel');
      before.send(chatId, 'and another');

      const after = await clientOf(host, people.john, { storage });
      await open(after, chatId);
      await until(after, ({ outbox }) => outbox.length === 0);
      expect(shownTexts(after, chatId).slice(-2)).to.deep.equal(['written in a tunnel', 'and another']);
      await eventually('the storage is empty', async () => (await storage.entries('')).length === 0);
      after.disconnect();
    });

    it('makes one message of it in two tabs too', async () => {
      const storage = memoryStorage();
      const before = await clientOf(host, people.john, { storage });
      before.disconnect();
      before.send(chatId, 'in two tabs');
      const tabs = await Promise.all([
        clientOf(host, people.john, { storage }),
        clientOf(host, people.john, { storage }),
      ]);
      for (const tab of tabs) {
        await open(tab, chatId);
        await until(tab, ({ outbox }) => outbox.length === 0);
        expect(shownTexts(tab, chatId).filter((text) => text === 'in two tabs')).to.have.length(1);
        tab.disconnect();
      }
    });

    it('sends nothing that another tab has given up meanwhile', async () => {
      const storage = memoryStorage();
      const one = await clientOf(host, people.john, { storage });
      one.disconnect();
      const id = one.send(chatId, 'given up in one tab');
      trouble = () => {
        throw chatError('rate_limited', { retryAfterSeconds: 1 });
      };
      const other = await clientOf(host, people.john, { storage });
      await until(other, () => statusOf(other, id) === 'sending');
      one.discard(id);
      await until(other, ({ outbox }) => outbox.length === 0);
      const { messages } = await host.chat.messages.list(people.john, { chatId });
      expect(messages.map(({ content }) => content)).not.to.include('given up in one tab');
      other.disconnect();
    });

    it('is not shown to another person who uses the same browser', async () => {
      const storage = memoryStorage();
      const before = await clientOf(host, people.john, { storage });
      before.disconnect();
      before.send(chatId, 'for my dentist alone');
      const mary = await clientOf(host, people.mary, { storage });
      expect(mary.getSnapshot().outbox).to.deep.equal([]);
      mary.disconnect();
      before.disconnect();
    });

    it('is not sent to another service that uses the same storage', async () => {
      const storage = memoryStorage();
      const before = await clientOf(host, people.john, { storage });
      before.disconnect();
      before.send(chatId, 'for the dentist of this service');
      const other = await startChatHost();
      try {
        const client = await clientOf(other, people.john, { storage });
        expect(client.getSnapshot().outbox).to.deep.equal([]);
        client.disconnect();
      } finally {
        await other.close();
      }
    });

    it('is sent though the storage was cleared meanwhile', async () => {
      const storage = memoryStorage();
      const client = await clientOf(host, people.john, { storage });
      await open(client, chatId);
      client.disconnect();
      client.send(chatId, 'kept in mind');
      await eventually('it is kept', async () => (await storage.entries('')).length === 1);
      for (const [key] of await storage.entries('')) void storage.remove(key);
      client.connect();
      await until(client, shows(chatId, 'kept in mind'));
      client.disconnect();
    });

    it('is sent ahead of what is written before a slow storage has brought it back', async () => {
      const storage = memoryStorage();
      const before = await clientOf(host, people.john, { storage });
      before.disconnect();
      before.send(chatId, 'before the reload');
      let bringBack = (): void => undefined;
      const gate = new Promise<void>((resolve) => (bringBack = resolve));
      const entries: OutboxStorage['entries'] = async (prefix) => {
        await gate;
        return storage.entries(prefix);
      };
      const after = await clientOf(host, people.john, { storage: { ...storage, entries } });
      await open(after, chatId);
      after.send(chatId, 'after it');
      bringBack();
      await until(after, shows(chatId, 'after it'));
      expect(shownTexts(after, chatId).slice(-2)).to.deep.equal(['before the reload', 'after it']);
      after.disconnect();
    });

    it('is sent though the storage never answers again', async () => {
      const set = (): Promise<void> => new Promise(() => undefined);
      const client = await clientOf(host, people.john, { storage: { ...memoryStorage(), set } });
      await open(client, chatId);
      client.send(chatId, 'not kept');
      await until(client, shows(chatId, 'not kept'));
      client.disconnect();
    });

    it('forgets after a week what was given up', async () => {
      const storage = memoryStorage();
      const prefix = `koa-chat:outbox:${host.url}:customer-${people.john.id}:`;
      const day = 24 * 3_600_000;
      void storage.set(`${prefix}old`, JSON.stringify({ discardedAt: Date.now() - 8 * day }));
      void storage.set(`${prefix}new`, JSON.stringify({ discardedAt: Date.now() - day }));
      const client = await clientOf(host, people.john, { storage });
      await eventually('one is left', async () => (await storage.entries('')).length === 1);
      expect((await storage.entries(''))[0]?.[0]).to.equal(`${prefix}new`);
      expect(client.getSnapshot().outbox).to.deep.equal([]);
      client.disconnect();
    });

    it('passes over what it cannot read', async () => {
      const storage = memoryStorage();
      const prefix = `koa-chat:outbox:${host.url}:customer-${people.john.id}:`;
      void storage.set(`${prefix}a`, 'no JSON');
      void storage.set(`${prefix}b`, '{"chatId":"1"}');
      const client = await clientOf(host, people.john, { storage });
      expect(client.getSnapshot().outbox).to.deep.equal([]);
      client.disconnect();
    });
  });
});
