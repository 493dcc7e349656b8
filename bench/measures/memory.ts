import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import type { Seat, SendLoadCalls } from '../loads/send-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

/** Connected before anything is weighed: what is made once is there then. */
const sockets = { first: 1_000, weighed: 4_000 };

/** What an idle connected socket holds, beside bare Socket.IO with the same rooms. */
export async function measureMemory(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const people = sockets.first + sockets.weighed;
  const dataset = { chats: people, chatsPerDentist: 1, messages: people, inFirstChat: 0 };
  const url = await createDatabase(bench.serverUrl, 'memory', dataset);
  const seats = Array.from({ length: people }, (_, index) => seatOf(bench, index + 1));
  const load = await bench.start<SendLoadCalls>('loads/send-load');
  const bytes = { module: [] as number[], bare: [] as number[] };
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of ['module', 'bare'] as const) {
      const input = { url, publicKey: bench.tokens.publicKey };
      const server = await bench.start<ServerCalls>(`servers/${name}`, input, ['--expose-gc']);
      const each = await weigh(load, server, seats);
      bytes[name].push(each);
      say(`Memory, round ${round}, ${name}: ${each.toFixed(0)} bytes a socket`);
      await server.stop();
    }
  }
  results.comparisons.push({
    what: 'Memory of an idle socket',
    unit: 'bytes',
    yardstick: 'bare Socket.IO, same rooms',
    module: bytes.module,
    theirs: bytes.bare,
    target: { atMost: 1.15 },
  });
}

function seatOf({ tokens }: Bench, id: number): Seat {
  return { chatId: id, auth: { token: tokens.tokenOf('customer', id), type: 'customer', id, sessionCount: 1 } };
}

async function weigh(
  load: Program<SendLoadCalls>,
  server: Program<ServerCalls>,
  seats: readonly Seat[],
): Promise<number> {
  const port = await server.call('port');
  await load.call('connect', 'first', port, seats.slice(0, sockets.first));
  const before = await settled(server);
  await load.call('connect', 'weighed', port, seats.slice(sockets.first));
  const after = await settled(server);
  await load.call('disconnect', 'first');
  await load.call('disconnect', 'weighed');
  return (after - before) / sockets.weighed;
}

/** Held once what connecting left behind has been let go of. */
async function settled(server: Program<ServerCalls>): Promise<number> {
  await delay(1_500);
  await server.call('usage');
  return (await server.call('usage')).heldBytes;
}
