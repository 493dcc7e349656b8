import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import type { Reconnected, Seat, SendLoadCalls, SendOutcome } from '../loads/send-load.js';
import type { ServerCalls } from '../servers/serve.js';

const sockets = 10_000;
const reconnecting = 1_000;
const senders = 50;

interface Storm {
  readonly calm: SendOutcome;
  readonly during: SendOutcome;
  readonly reconnected: Reconnected;
}

/** Ten thousand sockets on one process, of which a thousand come back at once while others write. */
export async function measureSockets(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const chats = sockets / 2;
  const dataset = { chats, chatsPerDentist: 1, messages: chats * 10, inFirstChat: 0 };
  const seats = Array.from({ length: chats }, (_, index) => index + 1).flatMap((id) => seatsOf(bench, id));
  // A load for each: a process may not have as many open files as both need.
  const loads = {
    module: await bench.start<SendLoadCalls>('loads/send-load'),
    prepared: await bench.start<SendLoadCalls>('loads/send-load'),
  };
  const storms = { module: [] as Storm[], prepared: [] as Storm[] };
  const connectedMs = { module: [] as number[], prepared: [] as number[] };
  for (const name of ['module', 'prepared'] as const) {
    const url = await createDatabase(bench.serverUrl, `sockets_${name}`, dataset);
    const server = await bench.start<ServerCalls>(`servers/${name}`, {
      url,
      poolSize: 10,
      publicKey: bench.tokens.publicKey,
    });
    const started = performance.now();
    await loads[name].call('connect', name, await server.call('port'), seats);
    connectedMs[name].push(performance.now() - started);
    say(`${name}: ${sockets} sockets connected in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
    await loads[name].call('send', name, senders, 2);
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of ['module', 'prepared'] as const) {
      const calm = await loads[name].call('send', name, senders, options.seconds);
      const [during, reconnected] = await Promise.all([
        loads[name].call('send', name, senders, options.seconds),
        loads[name].call('reconnect', name, reconnecting),
      ]);
      storms[name].push({ calm, during, reconnected });
      say(
        `Reconnecting, round ${round}, ${name}: the last of ${reconnecting} after ${reconnected.lastMs.toFixed(0)} ms; ` +
          `sends p99 ${calm.p99Ms.toFixed(1)} ms before and ${during.p99Ms.toFixed(1)} ms meanwhile, ` +
          `the longest ${during.longestMs.toFixed(0)} ms`,
      );
    }
  }
  const compare = (what: string, pick: (storm: Storm) => number): void => {
    const [module, theirs] = [storms.module.map(pick), storms.prepared.map(pick)];
    results.comparisons.push({ what, unit: 'ms', yardstick: '(b) one prepared statement', module, theirs });
  };
  results.comparisons.push({
    what: '10,000 sockets, 50 connecting at a time',
    unit: 'ms',
    yardstick: '(b) one prepared statement',
    module: connectedMs.module,
    theirs: connectedMs.prepared,
  });
  compare('1,000 reconnect at once: until the last is back', ({ reconnected }) => reconnected.lastMs);
  compare('1,000 reconnect at once: longest send meanwhile', ({ during }) => during.longestMs);
  results.figures.push({
    what: '1,000 reconnect at once: those who fail',
    unit: 'sockets',
    module: storms.module.map(({ reconnected }) => reconnected.failed),
    target: { atMost: 0 },
  });
}

function seatsOf({ tokens }: Bench, id: number): Seat[] {
  return (['customer', 'dentist'] as const).map((type) => ({
    chatId: id,
    auth: { token: tokens.tokenOf(type, id), type, id, chats: [id] },
  }));
}
