import { inspect } from 'node:util';
import { expect } from 'chai';
import type { ChatErrorCode, PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { sendDoors, wireDoors } from './send-doors.js';
import type { Outcome, SendDoor } from './send-doors.js';

const { john, mary, nia, smith, lind } = people;

describe('a message that fails among many sent at once', () => {
  let host: ChatHost;
  let open: number;
  let closed: number;
  let foreign: number;

  before(async () => {
    host = await startChatHost();
    open = await startChat(host, john);
    closed = await startChat(host, mary);
    foreign = await startChat(host, nia);
    await host.chat.chats.close(closed);
  });

  after(() => host.close());

  /** The good ones and, in their midst, the bad one. */
  async function burst(door: SendDoor, bad: () => Promise<Outcome>): Promise<{ good: Outcome[]; bad: Outcome }> {
    const good = (prefix: string): Promise<Outcome>[] =>
      texts(8, prefix).map((content, index) => door.send(host, index % 2 === 0 ? john : smith, open, { content }));
    const [before, refused, after] = [good('before'), bad(), good('after')];
    return { good: await Promise.all([...before, ...after]), bad: await refused };
  }

  for (const door of sendDoors) {
    const cases: readonly (readonly [string, PersonRef, () => number, string, ChatErrorCode])[] = [
      ['for the chat of others', smith, () => foreign, 'x', 'not_participant'],
      ['of a dentist with the number of the customer', lind, () => open, 'x', 'not_participant'],
      ['for a closed chat', smith, () => closed, 'x', 'chat_closed'],
      ['for no chat', smith, () => 4711, 'x', 'chat_not_found'],
      ['that is too long', smith, () => open, 'x'.repeat(10_001), 'message_too_long'],
      ['that PostgreSQL cannot store', smith, () => open, 'a\0b', 'invalid_request'],
      ['without content', smith, () => open, ' ', 'message_empty'],
    ];
    for (const [title, sender, chatId, content, code] of cases) {
      it(`fails alone where it is one ${title}, through ${door.name}`, async () => {
        const { good, bad } = await burst(door, () => door.send(host, sender, chatId(), { content }));
        expect(bad).to.deep.equal({ code });
        for (const outcome of good) expect(outcome).to.have.property('message');
      });
    }
  }

  it('fails alone, and is not repeated in the log, where only the database knows what is wrong with it', async () => {
    // PostgreSQL shows the whole row in the details of such an error.
    await host.database.query(
      `ALTER TABLE chat.messages ADD CONSTRAINT wholesome CHECK (content <> 'the poisoned text')`,
    );
    const seen: number[] = [];
    host.chat.on('message:sent', ({ message }) => void seen.push(message.id));
    for (const door of wireDoors) {
      const { good, bad } = await burst(door, () => door.send(host, smith, open, { content: 'the poisoned text' }));
      expect(bad).to.deep.equal({ code: 'internal_error' });
      for (const outcome of good) expect(outcome).to.have.property('message');
    }
    expect(seen).to.have.length(16 * wireDoors.length);
    expect(seen).to.deep.equal(seen.toSorted((a, b) => a - b));

    const failures = host.log.lines.filter(({ level }) => level === 'error');
    expect(failures).to.have.length(wireDoors.length);
    expect(inspect(failures, { depth: null, showHidden: true }))
      .to.include('wholesome')
      .and.not.include('poisoned text');
  });
});
