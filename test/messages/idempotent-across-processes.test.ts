import { expect } from 'chai';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { messageOf, sendDoors } from './send-doors.js';

const { john } = people;

describe('a message that is sent to several processes at once with one clientMessageId', () => {
  let here: ChatHost;
  let there: ChatHost;

  before(async () => {
    here = await startChatHost();
    there = await startChatHost({}, { database: here.database, tokens: here.tokens });
  });

  after(async () => {
    await there.close();
    await here.close();
  });

  it('is one row, said once, and the same answer to all', async () => {
    const chatId = await startChat(here, john);
    const said: number[] = [];
    for (const { chat } of [here, there]) chat.on('message:sent', ({ message }) => void said.push(message.id));
    for (let round = 0; round < 10; round += 1) {
      const draft = { content: `round ${round}`, clientMessageId: `round-${round}` };
      const outcomes = await Promise.all(
        sendDoors.flatMap((door) => [here, there].map((host) => door.send(host, john, chatId, draft))),
      );
      const sent = messageOf(outcomes[0]);
      for (const outcome of outcomes) expect(outcome).to.deep.equal({ message: sent });
      expect(said.splice(0)).to.deep.equal([sent.id]);
    }
    expect(await here.database.query('SELECT count(*)::int AS rows FROM chat.messages')).to.deep.equal([{ rows: 10 }]);
  });
});
