import { expect } from 'chai';
import type { Logger } from '../../lib/index.js';
import { definePlugin, diskImageStore } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';

const { john } = people;
const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Ways in which a host's logger may let its caller down. */
const failures: Record<string, () => unknown> = {
  throws: () => {
    throw new Error('the disk of the logs is full');
  },
  rejects: () => Promise.reject(new Error('the disk of the logs is full')),
};

describe('a logger of the host', () => {
  const unable = definePlugin({
    name: 'unable',
    version: '1.0.0',
    hooks: {
      canReadMessages: () => {
        throw new Error('not today');
      },
      afterSendMessage: () => Promise.reject(new Error('not today')),
      beforeChangePresence: () => Promise.reject(new Error('not today')),
    },
    start: ({ logger }) => levels.forEach((level) => logger[level]({}, 'started')),
    stop: () => Promise.reject(new Error('not today')),
  });

  for (const [how, fail] of Object.entries(failures)) {
    it(`that ${how} at every level fails no request and no start, and ends no process`, async () => {
      const said = new Set<string>();
      const at = (level: string) => (): void => {
        said.add(level);
        // The promise is returned, as an asynchronous logger's would be.
        return fail() as void;
      };
      const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
      const images = { store: diskImageStore({ dir: await makeFolder('unlogged') }) };
      const host = await startChatHost({ logger, plugins: [unable], images });
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      try {
        await everythingWorks(host);
      } finally {
        await host.close();
        process.off('unhandledRejection', note);
      }
      expect(unhandled).to.deep.equal([]);
      expect([...said]).to.have.members([...levels]);
    });
  }

  async function everythingWorks(host: ChatHost): Promise<void> {
    const chatId = await startChat(host, john);
    host.chat.on('message:sent', () => {
      throw new Error('a listener that fails');
    });
    const sent = await host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'Hello' });
    expect(sent.status).to.equal(201);
    const refused = await host.as(john).get<{ error: { code: string } }>(`/api/chats/${chatId}/messages`);
    expect([refused.status, refused.body.error.code]).to.deep.equal([500, 'internal_error']);
    expect((await host.as({ token: 'a.b.c' }).get('/api/chats')).status).to.equal(401);

    const socket = await host.connect(john);
    await host.database.query('ALTER TABLE chat.messages RENAME TO hidden');
    const failed = await ask(socket, 'message:send', { sessionId: chatId, content: 'Hello?' });
    expect(failed).to.have.nested.property('error.code', 'internal_error');
    await host.database.query('ALTER TABLE chat.hidden RENAME TO messages');
    expect(await ask(socket, 'message:send', { sessionId: chatId, content: 'Hello!' })).to.have.property('ok', true);
  }
});
