import type { ChatModuleOptions } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { makeHostTables } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestTokens } from '../support/tokens.js';

type Realtime = NonNullable<ChatModuleOptions['realtime']>;

/** Two processes of one service, as far as the database and their sockets can tell. */
export interface TwoHosts {
  readonly first: ChatHost;
  readonly second: ChatHost;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

/** `realtime` makes the options of each: an adapter is one process's own. */
export async function startTwoHosts(realtime: () => Realtime): Promise<TwoHosts> {
  const tokens = await startTestTokens();
  const database = await createTestDatabase();
  await makeHostTables(database);
  const first = await startChatHost({ realtime: realtime() }, { tokens, database });
  const second = await startChatHost({ realtime: realtime() }, { tokens, database });
  return {
    ...{ first, second, database },
    async close() {
      await Promise.all([first.close(), second.close()]);
      await database.drop();
      await tokens.close();
    },
  };
}
