import fc from 'fast-check';
import { actions } from './random/actions.js';
import { play } from './random/play.js';
import { startService, type Service } from './random/service.js';

describe('whatever happens to the lines, the pages and the service', function () {
  this.timeout(120_000);

  let service: Service;

  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('everybody sees in the end what the service has, and all that was written, once and in order', async () => {
    // The same few each time; `npm run test:client` plays as many others as one likes.
    const property = fc.asyncProperty(actions, (chosen) => play(service, chosen));
    await fc.assert(property, { seed: 11, numRuns: 5, endOnFailure: true });
  });
});
