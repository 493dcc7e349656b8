import { expect } from 'chai';
import { startHost } from '../../host-example/host.js';

describe('the address of the example host', () => {
  it('is blamed on HOST where it is not of this machine', async () => {
    const chat = (): never => {
      throw new Error('it went on');
    };
    const options = { port: 0, host: '192.0.2.1', databaseUrl: '', corsOrigins: [], chat };
    const error = await startHost(options).catch((reason: unknown) => reason);
    expect(error)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/^HOST 192\.0\.2\.1 is no address of this machine: /);
  });
});
