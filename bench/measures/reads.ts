import { isDeepStrictEqual } from 'node:util';
import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import { dentistOf, type Dataset } from '../data/dataset.js';
import type { HttpRequest } from '../loads/http-connection.js';
import type { RequestLoadCalls, RequestOutcome } from '../loads/request-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

const dataset: Dataset = { chats: 400, chatsPerDentist: 20, messages: 40_000, inFirstChat: 400 };

/** Requests under way at the same time. */
const connections = 50;

const reads = [
  { what: 'Page of 50 messages', path: (chatId: number) => `/api/chats/${chatId}/messages` },
  { what: 'List of 20 chats', path: () => '/api/chats' },
  { what: 'One chat', path: (chatId: number) => `/api/chats/${chatId}` },
] as const;

/** Requests a second of the reads, beside plain Koa with one prepared statement; both answer with the same JSON. */
export async function measureReads(bench: Bench): Promise<void> {
  const { options, results, say } = bench;
  const url = await createDatabase(bench.serverUrl, 'reads', dataset);
  const load = await bench.start<RequestLoadCalls>('loads/request-load');
  const ours = await bench.start<ServerCalls>('servers/module', { url, publicKey: bench.tokens.publicKey });
  const theirs = await bench.start<ServerCalls>('servers/rest', { url, poolSize: 10 });
  const servers = {
    module: { program: ours, port: await ours.call('port') },
    rest: { program: theirs, port: await theirs.call('port') },
  };

  for (const { what, path } of reads) {
    const requests = requestsOf(bench, path);
    await expectSameAnswers(load, requests, servers.module.port, servers.rest.port);
    const outcomes = { module: [] as RequestOutcome[], rest: [] as RequestOutcome[] };
    for (const { port } of Object.values(servers)) await load.call('run', port, requests, connections, 1);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const name of ['module', 'rest'] as const) {
        const { program, port } = servers[name];
        const before = await program.call('usage');
        const outcome = await load.call('run', port, requests, connections, options.seconds);
        const cpuMs = (await program.call('usage')).cpuMs - before.cpuMs;
        outcomes[name].push(outcome);
        say(
          `${what}, round ${round}, ${name}: ${outcome.perSecond.toFixed(0)} requests/s, p50 ${outcome.p50Ms.toFixed(2)} ms; ` +
            `CPU a request: server ${((cpuMs * 1_000) / (outcome.perSecond * options.seconds)).toFixed(0)} us`,
        );
      }
    }
    results.comparisons.push({
      what,
      unit: 'requests/s',
      yardstick: '(d) plain Koa, one prepared statement',
      module: outcomes.module.map(({ perSecond }) => perSecond),
      theirs: outcomes.rest.map(({ perSecond }) => perSecond),
      target: { atLeast: 0.8 },
    });
  }
  await Promise.all([load, ours, theirs].map((program) => program.stop()));
}

/** Dentists read, each in all of their chats. */
function requestsOf({ tokens }: Bench, path: (chatId: number) => string): HttpRequest[] {
  const dentists = dentistOf(dataset.chats, dataset);
  const authorization = Array.from({ length: dentists + 1 }, (_, id) => `Bearer ${tokens.tokenOf('dentist', id)}`);
  return Array.from({ length: dataset.chats }, (_, index) => {
    const id = dentistOf(index + 1, dataset);
    const claimed = { 'x-type': 'dentist', 'x-id': String(id) };
    return { method: 'GET', path: path(index + 1), headers: { authorization: authorization[id] ?? '', ...claimed } };
  });
}

async function expectSameAnswers(
  load: Program<RequestLoadCalls>,
  requests: readonly HttpRequest[],
  modulePort: number,
  restPort: number,
): Promise<void> {
  for (const request of [...requests.slice(0, 3), ...requests.slice(-3)]) {
    const ours = await load.call('fetch', modulePort, request);
    const theirs = await load.call('fetch', restPort, request);
    if (ours.status === 200 && isDeepStrictEqual(JSON.parse(ours.body), JSON.parse(theirs.body))) continue;
    throw new Error(
      `${request.path} is not answered alike: ${ours.body.slice(0, 300)} and ${theirs.body.slice(0, 300)}`,
    );
  }
}
