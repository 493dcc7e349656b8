import { expect } from 'chai';
import type { Database } from '../../lib/database/database.js';
import { chatError } from '../../lib/errors.js';
import { createSendQueue } from '../../lib/messages/send-queue.js';
import { createSendStatements, type MessageRow } from '../../lib/messages/send-statements.js';

describe('messages that are written together', () => {
  /** The chats of messages that may have been written. */
  let unsettled: number[];
  /** By statement, the chats of its messages. */
  let written: unknown[];

  beforeEach(() => {
    unsettled = [];
    written = [];
  });

  /** Three messages at once, where the statements one after the other fail so. */
  function sendThree(...failures: readonly Error[]): Promise<unknown[]> {
    const database = {
      table: (name: string) => name,
      query: (_: unknown, [chats]: unknown[]) => {
        written.push(chats);
        return Promise.reject(failures[written.length - 1] ?? new Error('a statement too many'));
      },
    } as unknown as Database;
    const tell = (chatId: number): void => void unsettled.push(chatId);
    const queue = createSendQueue(database, createSendStatements(database), 10, tell);
    return Promise.all([1, 2, 3].map((chatId) => queue.send(rowFor(chatId)).catch((error: unknown) => error)));
  }

  it('wait for a database that goes away once, and not each for itself', async () => {
    // The first statement says that one of them is at fault; before it is known which, the database is gone.
    const away = chatError('database_unavailable');
    expect(await sendThree(refusal('23514'), away)).to.deep.equal([away, away, away]);
    expect(written).to.deep.equal([[1, 2, 3], 1]);
    expect(unsettled).to.deep.equal([1]);
  });

  it('fail each for itself where the server has refused them together', async () => {
    const failures = [refusal('23514'), refusal('23514'), refusal('22021'), refusal('XX000')];
    expect(await sendThree(...failures)).to.deep.equal(failures.slice(1));
    expect(written).to.deep.equal([[1, 2, 3], 1, 2, 3]);
    expect(unsettled).to.deep.equal([]);
  });

  const unknown: Readonly<Record<string, Error>> = {
    'the database went away': chatError('database_unavailable'),
    'their answer could not be read': new RangeError('Invalid time value'),
    'the connection broke in a way of its own': Object.assign(new Error('bad record mac'), { code: 'EPROTO' }),
    'it was aborted': Object.assign(new Error('read ECONNABORTED'), { code: 'ECONNABORTED' }),
    'a pipe broke, whose code is as long as a SQLSTATE': Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    'the server itself cannot say': refusal('40003'),
  };
  for (const [what, error] of Object.entries(unknown)) {
    it(`are not written again where they may have been written: ${what}`, async () => {
      expect(await sendThree(error)).to.deep.equal([error, error, error]);
      expect(written).to.deep.equal([[1, 2, 3]]);
      expect(unsettled).to.deep.equal([1, 2, 3]);
    });
  }
});

function refusal(code: string): Error {
  return Object.assign(new Error('one of these'), { code, severity: 'ERROR' });
}

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
