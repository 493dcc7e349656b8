import { expect } from 'chai';
import type { Database } from '../../lib/database/database.js';
import { chatError, type ChatError } from '../../lib/errors.js';
import { createSendQueue } from '../../lib/messages/send-queue.js';
import { createSendStatements, type MessageRow } from '../../lib/messages/send-statements.js';

describe('messages that are written together', () => {
  it('wait for a database that goes away once, and not each for itself', async () => {
    let asked = 0;
    // The first statement says that one of them is at fault; before it is known which, the database is gone.
    const database = {
      table: (name: string) => name,
      query: () => {
        asked += 1;
        return Promise.reject(asked === 1 ? new Error('one of these') : chatError('database_unavailable'));
      },
    } as unknown as Database;
    const queue = createSendQueue(database, createSendStatements(database), 10);
    const codes = await Promise.all(
      [1, 2, 3].map((chatId) => queue.send(rowFor(chatId)).catch((error: unknown) => (error as ChatError).code)),
    );
    expect(codes).to.deep.equal(Array(3).fill('database_unavailable'));
    expect(asked).to.equal(2);
  });
});

function rowFor(chatId: number): MessageRow {
  return {
    chatId,
    senderType: 'customer',
    senderId: 1,
    content: 'x',
    clientMessageId: undefined,
    fingerprint: undefined,
  };
}
