import { expect } from 'chai';
import { ChatError } from '../../lib/index.js';
import type { Message, PersonRef } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';
import { randomSource } from '../support/random.js';
import type { RandomSource } from '../support/random.js';
import { sendPlainly } from './plain-model.js';
import type { Expected, ModelChat, Request } from './plain-model.js';

const { john, lind, smith } = people;

/** How many are sent in one tick: alone, a few, and more than one statement takes. */
const batchSizes = [1, 2, 3, 10, 40, 40, 120, 700];

describe('messages written together', () => {
  let host: ChatHost;
  let random: RandomSource;
  let chats: Map<number, ModelChat>;
  /** By chat, in the order in which they were announced, the ids, and those that each was announced to come after. */
  const announced = new Map<number, { id: number; previousId: number | null }[]>();
  /** By chat, the id of each place of the model. */
  const ids = new Map<number, number[]>();

  before(async () => {
    random = randomSource();
    host = await startChatHost();
    chats = new Map();
    for (const customer of [john, ...(await addCustomers(host, 4))]) {
      const { type, id } = customer;
      chats.set(await startChat(host, customer), { members: [{ type, id }, smith], status: 'active', messages: [] });
    }
    host.chat.on('message:sent', ({ message: { chatId, id }, previousId }) => {
      announced.set(chatId, [...(announced.get(chatId) ?? []), { id, previousId }]);
    });
  });

  after(() => host.close());

  it('have the outcomes, rows and order of messages written one at a time', async () => {
    for (let round = 0; round < 24; round += 1) {
      if (round % 3 === 2) await changeOneStatus();
      const requests = Array.from({ length: batchSizes[round % batchSizes.length] ?? 1 }, () => draw());
      const expected = requests.map((request) => sendPlainly(chats, request));
      const outcomes = await Promise.all(requests.map(send));
      requests.forEach((request, index) => {
        compare(request, outcomes[index], expected[index], `${random.seed}, round ${round}, message ${index}`);
      });
    }
    for (const [chatId, chat] of chats) await compareChat(chatId, chat);
  });

  function draw(): Request {
    const chatId = random.below(12) === 0 ? 4711 + random.below(3) : random.pick([...chats.keys()]);
    const members = chats.get(chatId)?.members ?? [john, smith];
    // Lind has the number of John, and is nobody's dentist here.
    const sender: PersonRef = random.below(10) === 0 ? lind : random.pick(members);
    const texts = ['yes', 'no', 'no ', `text ${random.below(1_000)}`, '🦷', "'); --"];
    const content = random.below(30) === 0 ? random.pick([' ', 'x'.repeat(10_001)]) : random.pick(texts);
    // Few ids, so that most of them come again, in one batch and across batches.
    const clientMessageId = random.below(2) === 0 ? undefined : `id-${random.below(60)}`;
    return { chatId, sender, content, clientMessageId };
  }

  async function changeOneStatus(): Promise<void> {
    const [chatId, chat] = random.pick([...chats]);
    chat.status = chat.status === 'active' ? 'closed' : 'active';
    await (chat.status === 'closed' ? host.chat.chats.close(chatId) : host.chat.chats.reopen(chatId));
  }

  function send({ sender, ...message }: Request): Promise<Message | ChatError> {
    return host.chat.messages.send(sender, message).catch((error: unknown) => {
      if (error instanceof ChatError) return error;
      throw error;
    });
  }

  function compare(
    { chatId, sender, content, clientMessageId }: Request,
    outcome: Message | ChatError | undefined,
    expected: Expected | undefined,
    where: string,
  ): void {
    if (outcome === undefined || expected === undefined) throw new Error(`nothing came of ${where}`);
    if ('code' in expected) {
      expect(outcome, where).to.be.instanceOf(ChatError).with.property('code', expected.code);
      return;
    }
    if (outcome instanceof ChatError) throw new Error(`${where} was refused: ${outcome.code}`);
    const known = ids.get(chatId) ?? [];
    ids.set(chatId, known);
    if (expected.isNew) known[expected.place] = outcome.id;
    expect(outcome, where).to.deep.equal({
      id: known[expected.place],
      chatId,
      senderType: sender.type,
      senderId: sender.id,
      content,
      images: [],
      createdAt: outcome.createdAt,
      isRead: false,
      readAt: null,
      ...(clientMessageId === undefined ? {} : { clientMessageId }),
    });
  }

  async function compareChat(chatId: number, chat: ModelChat): Promise<void> {
    const where = `${random.seed}, chat ${chatId}`;
    const rows = await host.database.query<Record<string, string | null>>(
      `SELECT id, sender_type, sender_id, content, client_message_id FROM chat.messages WHERE chat_id = $1 ORDER BY id`,
      [chatId],
    );
    const inOrder = ids.get(chatId) ?? [];
    expect(rows, where).to.deep.equal(
      chat.messages.map(({ sender, content, clientMessageId }, place) => ({
        id: String(inOrder[place]),
        sender_type: sender.type,
        sender_id: String(sender.id),
        content,
        client_message_id: clientMessageId ?? null,
      })),
    );
    expect(announced.get(chatId) ?? [], where).to.deep.equal(
      inOrder.map((id, place) => ({ id, previousId: inOrder[place - 1] ?? null })),
    );
    // Chance may have sent nothing there that was taken.
    if (inOrder.length === 0) return;
    const [last] = await host.database.query(
      `SELECT c.last_message_id = $2 AS is_last, c.status, c.updated_at = m.created_at AS is_time
         FROM chat.chats c JOIN chat.messages m ON m.chat_id = c.id AND m.id = $2 WHERE c.id = $1`,
      [chatId, inOrder.at(-1)],
    );
    expect(last, where).to.deep.equal({ is_last: true, status: chat.status, is_time: true });
  }
});
