import { expect } from 'chai';
import { breaksConnection, toDatabaseError } from '../../lib/database/database-errors.js';

describe('a network that is gone in the middle of a statement', () => {
  for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']) {
    it(`is a database that cannot be reached, on a connection that is used no more: ${code}`, () => {
      const error = Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });
      expect(breaksConnection(error)).to.equal(true);
      expect(toDatabaseError(error)).to.include({ code: 'database_unavailable', cause: error });
    });
  }
});
