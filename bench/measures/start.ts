import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import type { ServerCalls } from '../servers/serve.js';

/** What the module is made of and imports when it is imported itself; all but what `servers/prepared` imports. */
const packages = [
  'koa',
  '@koa/router',
  '@koa/multer',
  'koa-jwt',
  'jwks-rsa',
  'raw-body',
  'sequelize',
  'umzug',
  'awilix',
  'zod',
  'lru-cache',
  'socket.io-adapter',
];

/** From the start of the process until it serves, on a migrated database. */
export async function measureStart(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const url = await createDatabase(bench.serverUrl, 'start', {
    chats: 1,
    chatsPerDentist: 1,
    messages: 1,
    inFirstChat: 0,
  });
  const servers = {
    module: { name: 'servers/module', input: { url, publicKey: bench.tokens.publicKey } },
    prepared: { name: 'servers/prepared', input: { url, poolSize: 10, packages } },
  };
  const tookMs = { module: [] as number[], prepared: [] as number[] };
  // Once in vain: files that nobody has read yet are slow.
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const name of ['module', 'prepared'] as const) {
      const program = await bench.start<ServerCalls>(servers[name].name, servers[name].input);
      const ms = await program.call('startedAfterMs');
      await program.stop();
      if (round === 0) continue;
      tookMs[name].push(ms);
      say(`Start, round ${round}, ${name}: ${ms.toFixed(0)} ms`);
    }
  }
  results.comparisons.push({
    what: 'Start of a process',
    unit: 'ms',
    yardstick: '(b) and the packages that must load',
    module: tookMs.module,
    theirs: tookMs.prepared,
    target: { atMost: 1.5 },
  });
}
