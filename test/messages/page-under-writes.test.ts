import { expect } from 'chai';
import type { MessagePage, PageInput } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { say, startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';

const { john, smith } = people;

describe('pages while messages are written', () => {
  let here: ChatHost;
  /** Another process of the same service. */
  let there: ChatHost;

  before(async () => {
    here = await startChatHost();
    there = await startChatHost({}, { database: here.database, tokens: here.tokens });
  });

  after(async () => {
    await there.close();
    await here.close();
  });

  it('going back neither skip nor repeat', async () => {
    const chatId = await startChat(here, people.mary);
    const old = (await say(here, smith, chatId, ...texts(60, 'old'))).map(({ id }) => id);
    const writing = writeFromEverywhere(chatId, people.mary);
    const seen: number[] = [];
    let input: PageInput = { chatId, limit: 4, before: (old.at(-1) ?? 0) + 1 };
    for (;;) {
      const page: MessagePage = await there.chat.messages.list(smith, input);
      seen.unshift(...page.messages.map(({ id }) => id));
      if (page.nextCursor === null) break;
      input = { chatId, limit: 4, before: Number(page.nextCursor) };
    }
    await writing;
    expect(seen).to.deep.equal(old);
  });

  it('going forward show every message of several processes once: none appears behind an id that was given', async () => {
    const chatId = await startChat(here, john);
    const [first] = await say(here, john, chatId, 'first');
    if (first === undefined) throw new Error('nothing was sent');
    let written = false;
    const writing = writeFromEverywhere(chatId, john).finally(() => (written = true));

    const tail = async (reader: ChatHost): Promise<number[]> => {
      const seen = [first.id];
      for (let last = false; !last;) {
        // Asked before the page is: what was written before that must be on it.
        last = written;
        let more = true;
        while (more) {
          const page: MessagePage = await reader.chat.messages.list(smith, { chatId, limit: 5, after: seen.at(-1) });
          seen.push(...page.messages.map(({ id }) => id));
          more = page.hasMore;
          if (more) expect(page.nextCursor).to.equal(String(seen.at(-1)));
        }
      }
      return seen;
    };
    const tails = await Promise.all([tail(here), tail(there)]);
    await writing;

    const rows = await here.database.query<{ id: string }>(
      'SELECT id FROM chat.messages WHERE chat_id = $1 ORDER BY id',
      [chatId],
    );
    const all = rows.map(({ id }) => Number(id));
    expect(all).to.have.length(121);
    for (const seen of tails) expect(seen).to.deep.equal(all);
  });

  /** 120 messages, from both sides, through both processes, many at once. */
  async function writeFromEverywhere(chatId: number, customer: SeededPerson): Promise<void> {
    const writers = [here, there].flatMap((host) => [customer, smith].map((sender) => ({ host, sender })));
    const write = async ({ host, sender }: (typeof writers)[number]): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(
          texts(3, `round ${round}`).map((content) => host.chat.messages.send(sender, { chatId, content })),
        );
      }
    };
    await Promise.all(writers.map(write));
  }
});
