import { expect } from 'chai';
import { ChatError, type Message } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat, texts } from '../support/chats.js';
import { people, type SeededPerson } from '../support/host-tables.js';

const { john, smith } = people;

describe('a chat that is closed while both write', () => {
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

  /** Its id, or the code of its refusal. */
  const send = (host: ChatHost, sender: SeededPerson, chatId: number, content: string) =>
    host.chat.messages.send(sender, { chatId, content }).then(
      ({ id }: Message): number | string => id,
      (error: unknown) => (error instanceof ChatError ? error.code : Promise.reject(error as Error)),
    );

  it('has all that was acked and nothing else, refuses the rest, and takes nothing from then on', async () => {
    const chatId = await startChat(here, john);
    const acked: number[] = [];
    let refused = 0;
    for (let round = 0; round < 8; round += 1) {
      let isClosed = false;
      /** One after the other, so that some come before the close, some beside it and some behind it. */
      const write = async (host: ChatHost, sender: SeededPerson): Promise<void> => {
        for (let behind = 0; behind < 2;) {
          const wasClosed = isClosed;
          const outcomes = await Promise.all(texts(3, `${round}`).map((text) => send(host, sender, chatId, text)));
          const ids = outcomes.filter((outcome) => typeof outcome === 'number');
          for (const outcome of outcomes)
            expect(outcome).to.satisfy((it: unknown) => typeof it === 'number' || it === 'chat_closed');
          if (wasClosed) expect(ids).to.deep.equal([]);
          acked.push(...ids);
          refused += outcomes.length - ids.length;
          if (wasClosed) behind += 1;
        }
      };
      const close = async (): Promise<void> => {
        await send(here, john, chatId, 'the first').then((id) => acked.push(Number(id)));
        await there.chat.chats.close(chatId);
        isClosed = true;
      };
      await Promise.all([write(here, john), write(here, smith), write(there, john), write(there, smith), close()]);
      const rows = await here.database.query<{ id: string }>(
        'SELECT id FROM chat.messages WHERE chat_id = $1 ORDER BY id',
        [chatId],
      );
      expect(rows.map(({ id }) => Number(id))).to.deep.equal(acked.toSorted((a, b) => a - b));
      await here.chat.chats.reopen(chatId);
    }
    expect(refused).to.be.at.least(8 * 4 * 3);
  });
});
