import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { startHost } from '../../host-example/host.js';
import { cognito, definePlugin, django } from '../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestTokens, type TestTokens } from '../support/tokens.js';

describe('the example host', () => {
  let database: TestDatabase;
  let tokens: TestTokens;
  before(async () => {
    database = await createTestDatabase();
    tokens = await startTestTokens();
  });
  after(async () => {
    await tokens.close();
    await database.drop();
  });

  it('cuts no request that is under way while the chat takes its time to close', async () => {
    const [arrived, stopping, served] = [createGate(), createGate(), createGate()];
    const stop = (): Promise<void> => {
      stopping.open();
      return new Promise(() => undefined);
    };
    const host = await startHost({
      port: 0,
      host: '127.0.0.1',
      databaseUrl: database.url,
      corsOrigins: [],
      chat: () => ({
        auth: { issuers: [cognito(tokens.cognito), django(tokens.django)] },
        plugins: [definePlugin({ name: 'slow', version: '1.0.0', stop })],
      }),
      use: () => [
        async (ctx, next) => {
          if (ctx.path !== '/slow') return void (await next());
          arrived.open();
          await served.opened;
          ctx.body = 'served';
        },
      ],
    });
    const answer = fetch(`${host.url}/slow`);
    await arrived.opened;
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    try {
      const closing = host.close();
      await stopping.opened;
      // The plugin that hangs is given up, and nothing else.
      clock.tick(5_000);
      served.open();
      expect(await (await answer).text()).to.equal('served');
      await closing;
    } finally {
      clock.restore();
    }
  });
});

function createGate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
