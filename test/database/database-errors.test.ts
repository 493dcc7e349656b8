import { expect } from 'chai';
import { DatabaseError, UniqueConstraintError } from 'sequelize';
import { breaksConnection, isRefusedByServer, toDatabaseError } from '../../lib/database/database-errors.js';

describe('a network that is gone in the middle of a statement', () => {
  for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']) {
    it(`is a database that cannot be reached, on a connection that is used no more: ${code}`, () => {
      const error = Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });
      expect(breaksConnection(error)).to.equal(true);
      expect(toDatabaseError(error)).to.include({ code: 'database_unavailable', cause: error });
    });
  }
});

describe('what the server has refused', () => {
  const said = (code: string): Error =>
    Object.assign(new Error('no'), { code, severity: 'ERROR', routine: 'ExecInsert' });

  for (const code of ['23505', '22P02', '40001', '40P01', '55P03', '57014', '25006', '53300', '0A000', 'XX000']) {
    it(`was not written, however it is wrapped: ${code}`, () => {
      const error = said(code);
      const parent = error as ConstructorParameters<typeof DatabaseError>[0];
      const wrapped = [new DatabaseError(parent), new UniqueConstraintError({ parent }), toDatabaseError(said(code))];
      for (const one of [error, ...wrapped]) expect(isRefusedByServer(one)).to.equal(true);
    });
  }

  const unknown = {
    'the end of the session': said('57P01'),
    'a failure of the connection': said('08006'),
    'a completion that the server does not know': said('40003'),
    'a socket that was cut': Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }),
    'a connection that was given up': Object.assign(new Error('aborted'), { code: 'ECONNABORTED' }),
    'a record of TLS that is none': Object.assign(new Error('bad record mac'), {
      code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
    }),
    'no answer in time': new Error('Query read timeout'),
    'an answer that nobody asked for': new Error('Received unexpected commandComplete message from backend.'),
    'a row that cannot be read': new RangeError('Invalid time value'),
    'no error at all': '23505',
  };
  for (const [what, error] of Object.entries(unknown)) {
    it(`may have been written: ${what}`, () => {
      expect(isRefusedByServer(error)).to.equal(false);
      expect(isRefusedByServer(toDatabaseError(error))).to.equal(false);
    });
  }
});
