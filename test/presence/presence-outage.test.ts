import { expect } from 'chai';
import sinon from 'sinon';
import type { Database } from '../../lib/database/database.js';
import { chatError } from '../../lib/errors.js';
import { createPresenceStatements } from '../../lib/presence/presence-statements.js';
import { createPresenceWriter } from '../../lib/presence/presence-writer.js';

describe('people who come while the database is away', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })));
  afterEach(() => clock.restore());

  it('wait for it once, and not through one write after the other', async () => {
    let writes = 0;
    const database = {
      table: (name: string) => name,
      transaction: () =>
        new Promise((_, reject) => {
          writes += 1;
          setTimeout(() => reject(chatError('database_unavailable')), 4_500);
        }),
    } as unknown as Database;
    const writer = createPresenceWriter(database, createPresenceStatements(database), 'process');
    const failed: number[] = [];
    const come = (id: number): void => {
      void writer.set({ type: 'customer', id }, true).catch(() => failed.push(id));
    };
    come(1);
    await clock.tickAsync(100);
    come(2);
    await clock.tickAsync(4_300);
    come(3);
    await clock.tickAsync(100);
    expect(failed).to.deep.equal([1, 2]);
    await clock.tickAsync(4_500);
    expect(failed).to.deep.equal([1, 2, 3]);
    expect(writes).to.equal(2);
  });
});
