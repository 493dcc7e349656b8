import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import { watchPostgres } from '../data/postgres-usage.js';
import type { Seat, SendLoadCalls, SendOutcome } from '../loads/send-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

/** Connections of the yardsticks' pools: what was fastest of 4, 8, 10, 16, 20, 30 for each at 200 senders. */
const poolSizes = { prepared: 10, models: 10 };

const yardsticks = [
  { server: 'echo', name: '(a) Socket.IO, no database', target: { atLeast: 0.5 } },
  { server: 'prepared', name: '(b) one prepared statement', target: { atLeast: 2 } },
  { server: 'models', name: '(c) Sequelize models', target: { atLeast: 10 } },
] as const;

/** Messages persisted, acked and delivered to both sockets of the chat, by senders with one in flight each. */
export async function measureSends(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const seats = seatsFor(bench, Math.max(2, ...options.senders));
  const load = await bench.start<SendLoadCalls>('loads/send-load');
  const servers = await startServers(bench, seats.length / 2);
  for (const [name, server] of servers) {
    await load.call('connect', name, await server.call('port'), seats);
    say(`${name}: ${seats.length} sockets connected`);
  }
  await warmUp(servers, load, Math.min(200, seats.length));
  const postgres = await watchPostgres(bench.serverUrl);

  for (const senders of options.senders) {
    const outcomes = new Map<string, SendOutcome[]>([...servers.keys()].map((name) => [name, []]));
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const [name, server] of servers) {
        const cpu = async () => [(await server.call('usage')).cpuMs, (await postgres.cpuMs()) ?? Number.NaN] as const;
        const before = await cpu();
        const outcome = await load.call('send', name, senders, options.seconds);
        const after = await cpu();
        outcomes.get(name)?.push(outcome);
        const each = after.map((ms, index) => (((ms - (before[index] ?? 0)) * 1_000) / outcome.sent).toFixed(0));
        say(
          `${senders} senders, round ${round}, ${name}: ${outcome.perSecond.toFixed(0)} messages/s, ` +
            `p50 ${outcome.p50Ms.toFixed(2)} ms, p99 ${outcome.p99Ms.toFixed(2)} ms; ` +
            `CPU a message: server ${each[0]} us, PostgreSQL ${each[1]} us`,
        );
      }
    }
    report(results, senders, outcomes);
  }
  await Promise.all([load, ...servers.values()].map((program) => program.stop()));
}

function report(
  results: Bench['results'],
  senders: number,
  outcomes: ReadonlyMap<string, readonly SendOutcome[]>,
): void {
  const of = (server: string, pick: (outcome: SendOutcome) => number): number[] =>
    (outcomes.get(server) ?? []).map(pick);
  const who = senders === 1 ? '1 sender' : `${senders} senders`;
  for (const { server, name, target } of yardsticks) {
    results.comparisons.push({
      what: `Sends, ${who}`,
      unit: 'messages/s',
      yardstick: name,
      module: of('module', ({ perSecond }) => perSecond),
      theirs: of(server, ({ perSecond }) => perSecond),
      ...(senders === 200 ? { target } : {}),
    });
  }
  for (const percentile of ['p50Ms', 'p99Ms'] as const) {
    results.comparisons.push({
      what: `Send latency ${percentile.slice(0, 3)}, ${who}`,
      unit: 'ms',
      yardstick: '(b) one prepared statement',
      module: of('module', (outcome) => outcome[percentile]),
      theirs: of('prepared', (outcome) => outcome[percentile]),
      ...(senders === 1 && percentile === 'p50Ms' ? { target: { atMost: 1.3 } } : {}),
    });
  }
}

/** Two people for each chat: customer and dentist `n` of chat `n`. */
function seatsFor({ tokens }: Bench, senders: number): Seat[] {
  return Array.from({ length: Math.ceil(senders / 2) }, (_, index) => index + 1).flatMap((chatId) =>
    (['customer', 'dentist'] as const).map((type) => ({
      chatId,
      auth: { token: tokens.tokenOf(type, chatId), type, id: chatId, chats: [chatId] },
    })),
  );
}

/** Each server that writes has a database of its own, with the same in it. */
async function startServers(bench: Bench, chats: number): Promise<Map<string, Program<ServerCalls>>> {
  const database = (name: string): Promise<string> =>
    createDatabase(bench.serverUrl, `sends_${name}`, {
      chats,
      chatsPerDentist: 1,
      messages: chats * 20,
      inFirstChat: 0,
    });
  const servers = new Map<string, Program<ServerCalls>>();
  const { publicKey } = bench.tokens;
  servers.set('module', await bench.start('servers/module', { url: await database('module'), publicKey }));
  servers.set('echo', await bench.start('servers/echo'));
  for (const name of ['prepared', 'models'] as const) {
    const input = { url: await database(name), poolSize: poolSizes[name] };
    servers.set(name, await bench.start(`servers/${name}`, input));
  }
  return servers;
}

async function warmUp(
  servers: ReadonlyMap<string, Program<ServerCalls>>,
  load: Program<SendLoadCalls>,
  senders: number,
): Promise<void> {
  for (const name of servers.keys()) await load.call('send', name, senders, 2);
}
