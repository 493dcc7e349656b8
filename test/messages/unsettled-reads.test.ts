import { expect } from 'chai';
import type { Database } from '../../lib/database/database.js';
import type { DomainEvents } from '../../lib/domain-events.js';
import { chatError } from '../../lib/errors.js';
import { createReadStatements } from '../../lib/messages/read-statements.js';
import { createUnsettledReads } from '../../lib/messages/unsettled-reads.js';
import { recordingLogger } from '../support/recording-logger.js';

const reader = { type: 'dentist', id: 5 } as const;
const members = { chatId: 1, customerId: 1, dentistId: 5 };

describe('marks that may have been made', () => {
  it('are looked for once a chat and reader, again while the database is away, and announced as they are found', async () => {
    let looks = 0;
    const rows = [
      { ids: [1, 2], read_at: '2026-11-22T10:00:00.000Z' },
      { ids: [3], read_at: '2026-11-22T10:00:01.000Z' },
    ];
    const database = {
      table: (name: string) => name,
      query: () => {
        looks += 1;
        return looks === 1 ? Promise.reject(chatError('database_unavailable')) : Promise.resolve(rows);
      },
    } as unknown as Database;
    const told: unknown[] = [];
    await new Promise<void>((done) => {
      const { review } = createUnsettledReads({
        database,
        readStatements: createReadStatements(database),
        domainEvents: {
          emit: (_: string, event: DomainEvents['message:read']) => {
            told.push(event);
            if (told.length === rows.length) done();
          },
        } as never,
        logger: recordingLogger(),
      });
      for (let n = 0; n < 3; n += 1) review(reader, members, performance.now());
    });
    expect(looks).to.equal(2);
    expect(told).to.deep.equal(
      rows.map(({ ids, read_at: readAt }) => ({
        receipt: { chatId: 1, messageId: ids.at(-1), messageIds: ids, readAt },
        reader,
        members,
      })),
    );
  });
});
