import { join } from 'node:path';
import { cognito, diskImageStore, django, rateLimit } from '../../lib/index.js';
import { startEmbeddedPostgres } from '../embedded-postgres/start.js';
import { startHost, type RunningHost } from '../host.js';
import type { DemoSettings } from '../settings.js';
import { loadDemoKeys } from './demo-keys.js';
import { demoRoutes } from './demo-routes.js';
import { nextMessageFails } from './next-message-fails.js';
import { bundlePage } from './page-bundle.js';
import { insertPeople } from './people.js';
import { seed } from './seed.js';
import { cognitoOptions } from './token-issuers.js';

/** The whole of it on this machine alone: a database, pictures, two issuers of tokens, people, and a page. */
export async function startDemo({ port, host, dataDir }: DemoSettings): Promise<RunningHost> {
  const [page, keys, postgres] = await Promise.all([
    bundlePage(),
    loadDemoKeys(join(dataDir, 'keys.json')),
    startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') }),
  ]);
  const faults = nextMessageFails();
  try {
    const running = await startHost({
      port,
      host,
      databaseUrl: postgres.url,
      corsOrigins: [],
      chat: (url) => ({
        auth: { issuers: [cognito(cognitoOptions(url)), django({ secret: keys.djangoSecret })] },
        images: { store: diskImageStore({ dir: join(dataDir, 'images') }) },
        http: { contractsPath: '/api/contracts' },
        plugins: [rateLimit(), faults.plugin],
      }),
      use: (url) => [demoRoutes({ url, keys, page, faults })],
      async prepare({ chat, database }) {
        await insertPeople(database);
        await seed(chat, database, join(dataDir, 'seeded'));
      },
    });
    announce(running.url, host, dataDir);
    return {
      url: running.url,
      async close() {
        try {
          await running.close();
        } finally {
          await postgres.stop();
        }
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

function announce(url: string, host: string, dataDir: string): void {
  const lines = [
    `The demo is ready: ${url}`,
    '',
    '  /                  a patient and a dentist, side by side',
    '  /?as=customer-2    one of them alone: customer-1 to customer-3, dentist-1 and dentist-2',
    `  Ctrl-C             ends it; what was written stays in ${dataDir}`,
  ];
  if (!['127.0.0.1', '::1', 'localhost'].includes(host)) {
    lines.push('', '  Anybody who reaches this address can be anybody here. It is a demo: put nothing real in.');
  }
  console.log(lines.join('\n'));
}
