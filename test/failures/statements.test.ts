import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { diskImageStore, type ChatModule, type PersonRef } from '../../lib/index.js';
import { objectsIn, photo, preUpload } from '../images/support.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { addCustomers } from '../support/more-customers.js';
import { people } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeHostTables } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { losingSequelize, type LosingSequelize, type Moment } from './lost-statements.js';
import { watchUnhandled } from './ways.js';

const { john, smith } = people;

/** An operation on a thing of its own each time: asked once, and again as a client's retry asks. */
type Prepare = () => Promise<{
  ask(): Promise<unknown>;
  /** What a retry finds done, where the first was done all the same. */
  readonly already?: string;
  /** How many rows there are of it: 0 or 1, and 1 at last. */
  count?(): Promise<number>;
}>;

type Named<Door extends 'chats' | 'messages'> = `${Door}.${Extract<keyof ChatModule[Door], string>}`;
type Operation = Named<'chats'> | Named<'messages'> | 'messages.send with files' | 'messages.send with uploads';

describe('a statement that is lost', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let losing: LosingSequelize;
  let host: ChatHost;
  let chat: ChatModule;
  let chatId: number;
  let dir: string;
  let file: Buffer;

  before(async () => {
    database = await createTestDatabase();
    await makeHostTables(database);
    losing = losingSequelize(database.url);
    dir = await makeFolder('images');
    host = await startChatHost(
      {
        database: { sequelize: losing.sequelize },
        images: { store: diskImageStore({ dir }), maxUnsentPerPerson: 1_000 },
      },
      { database },
    );
    chat = host.chat;
    chatId = await startChat(host, john);
    file = await photo();
  });
  after(async () => {
    await host.close();
    await losing.sequelize.close();
    await database.drop();
  });

  const countOf = async (sql: string, params: readonly unknown[]): Promise<number> =>
    Number((await database.query<{ count: string }>(sql, params))[0]?.count);

  const send = async (sender: PersonRef, what: object) => {
    const hasImages = 'files' in what || 'imageKeys' in what;
    const message = { chatId, content: hasImages ? '' : 'Hello', clientMessageId: randomUUID(), ...what };
    return {
      ask: () => chat.messages.send(sender, message),
      count: () =>
        countOf('SELECT count(*) FROM chat.messages WHERE client_message_id = $1', [message.clientMessageId]),
    };
  };

  const setStatus =
    (status: 'active' | 'closed', ask: () => Promise<void>): Prepare =>
    async () => {
      await database.query('UPDATE chat.chats SET status = $1', [status === 'closed' ? 'active' : 'closed']);
      return {
        ask,
        count: () => countOf('SELECT count(*) FROM chat.chats WHERE id = $1 AND status = $2', [chatId, status]),
      };
    };

  const operations: Record<Operation, Prepare> = {
    'chats.list': async () => ({ ask: () => chat.chats.list(john) }),
    'chats.get': async () => ({ ask: () => chat.chats.get(john, chatId) }),
    'chats.start': async () => {
      const [customer] = await addCustomers(host, 1);
      if (customer === undefined) throw new Error('no customer was added');
      return {
        ask: () => chat.chats.start(customer),
        already: 'chat_already_exists',
        count: () => countOf('SELECT count(*) FROM chat.chats WHERE customer_id = $1', [customer.id]),
      };
    },
    'chats.close': setStatus('closed', () => chat.chats.close(chatId)),
    'chats.reopen': setStatus('active', () => chat.chats.reopen(chatId)),
    'messages.list': async () => ({ ask: () => chat.messages.list(john, { chatId }) }),
    'messages.markRead': async () => {
      const [message] = await say(host, smith, chatId, 'Hello');
      const messageId = message?.id ?? 0;
      return {
        ask: () => chat.messages.markRead(john, { chatId, messageId }),
        count: () => countOf('SELECT count(*) FROM chat.messages WHERE id = $1 AND read_at IS NOT NULL', [messageId]),
      };
    },
    'messages.send': () => send(john, {}),
    'messages.send with files': () => send(john, { files: [file] }),
    'messages.send with uploads': async () => send(john, { imageKeys: [await preUpload(host, john, chatId, file)] }),
  };

  for (const [name, prepare] of Object.entries(operations)) {
    for (const moment of ['before it ran', 'after it was done'] satisfies readonly Moment[]) {
      it(`fails no more than its own call, and a retry does it once: each of ${name}, ${moment}`, async () => {
        const unhandled = watchUnhandled();
        let lost: string | undefined;
        let n = 0;
        do {
          n += 1;
          const { ask, already, count } = await prepare();
          losing.arm(n, moment);
          const first = await outcomeOf(ask());
          lost = losing.disarm();
          const where = `statement ${n}: ${lost}`;
          // What a call can do without is lost unheard.
          expect(first, where).to.be.oneOf(['done', 'database_unavailable']);
          const second = await outcomeOf(ask());
          const mayBeDone = moment === 'after it was done' || first === 'done';
          expect(second, where).to.be.oneOf(mayBeDone ? ['done', already] : ['done']);
          expect(await count?.(), where).to.be.oneOf([1, undefined]);
          await expectWhole(where);
        } while (lost !== undefined);
        expect(n).to.be.greaterThan(1);
        expect(unhandled()).to.deep.equal([]);
      });
    }
  }

  async function outcomeOf(call: Promise<unknown>): Promise<string> {
    return call.then(
      () => 'done',
      (error: { code?: string }) => String(error.code),
    );
  }

  /** No message without its pictures, none with fewer than it was sent with, and no object that no row knows of. */
  async function expectWhole(where: string): Promise<void> {
    const empty = await database.query(
      `SELECT id FROM chat.messages m WHERE content = '' AND NOT EXISTS
         (SELECT 1 FROM chat.images i WHERE i.message_id = m.id)`,
    );
    expect(empty, where).to.deep.equal([]);
    const rows = await database.query<{ key: string; object_key: string | null; message_id: number | null }>(
      'SELECT key, object_key, message_id FROM chat.images',
    );
    const nameOf = (key: string | null): string => String(key).split('/').at(-1) ?? '';
    const known = new Set(
      rows.flatMap(({ key, object_key }) => [nameOf(key), nameOf(object_key), `${nameOf(object_key)}-thumbnail`]),
    );
    const stored = await objectsIn(dir);
    expect(
      stored.filter((name) => !known.has(name)),
      where,
    ).to.deep.equal([]);
    for (const { object_key } of rows.filter(({ message_id }) => message_id !== null)) {
      expect(stored, where).to.include.members([nameOf(object_key), `${nameOf(object_key)}-thumbnail`]);
    }
  }
});
