import type { Bench } from '../bench.js';
import { createDatabase, run } from '../data/databases.js';
import { dentistOf, type Dataset } from '../data/dataset.js';
import type { GreetingLoadCalls } from '../loads/greeting-load.js';
import type { HttpRequest } from '../loads/http-connection.js';
import type { RequestLoadCalls } from '../loads/request-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

const chatsEach = 5_000;
const chatsOfFew = 50;
const greetedPerRound = 5;
/** Customers of a dentist who are online when the dentist comes. */
const online = 20;

/** A dentist of five thousand chats beside people of one chat and dentists of fifty. */
export async function measureDentist(bench: Bench): Promise<void> {
  const dentists = bench.options.rounds * greetedPerRound + 1;
  const many = {
    chats: dentists * chatsEach,
    chatsPerDentist: chatsEach,
    messages: dentists * chatsEach,
    inFirstChat: 0,
  };
  const url = await createDatabase(bench.serverUrl, 'dentist_many', many);
  const server = await bench.start<ServerCalls>('servers/module', { url, publicKey: bench.tokens.publicKey });
  await measureGreeting(bench, server, many);
  await measurePages(bench, server, many);
}

/** From the first byte to `connected`. Each person comes once: who was here a moment ago need not be written down. */
async function measureGreeting(bench: Bench, server: Program<ServerCalls>, dataset: Dataset): Promise<void> {
  const { options, results, tokens, say } = bench;
  const load = await bench.start<GreetingLoadCalls>('loads/greeting-load');
  const bare = await bench.start<ServerCalls>('servers/bare');
  const [port, barePort] = [await server.call('port'), await bare.call('port')];
  const auth = (type: 'customer' | 'dentist', id: number, sessionCount: number) => ({
    ...{ token: tokens.tokenOf(type, id), type, id, sessionCount },
  });
  const customersOf = (dentist: number, count: number) =>
    Array.from({ length: count }, (_, index) => auth('customer', (dentist - 1) * chatsEach + index + 1, 1));

  // The last dentist's customers are online: what the dentist's coming costs is what they cost.
  const last = dentistOf(dataset.chats, dataset);
  await load.call('watch', port, customersOf(last, online));
  await load.call('greet', port, [auth('dentist', last, chatsEach)]);
  const heard = await load.call('heard');
  say(`A dentist of ${chatsEach} chats comes online: ${heard} of ${online} customers hear it`);
  if (heard !== online) throw new Error(`${heard} events told ${online} customers that their dentist is online`);

  const took = { one: [] as number[], many: [] as number[] };
  for (let round = 1; round <= options.rounds; round += 1) {
    const ids = Array.from({ length: greetedPerRound }, (_, index) => (round - 1) * greetedPerRound + index + 1);
    const ones = ids.flatMap((dentist) => customersOf(dentist, 1));
    const manys = ids.map((dentist) => auth('dentist', dentist, chatsEach));
    const one = await load.call('greet', port, ones);
    const oneBare = await load.call('greet', barePort, ones);
    const all = await load.call('greet', port, manys);
    const payload = (await load.call('greet', barePort, manys)) - oneBare;
    took.one.push(one);
    took.many.push(all - payload);
    say(
      `Greeting, round ${round}: ${one.toFixed(2)} ms with one chat, ${all.toFixed(2)} ms with ${chatsEach}, ` +
        `${payload.toFixed(2)} ms of it the payload's own`,
    );
  }
  results.comparisons.push({
    what: 'Connecting with 5,000 chats, less the payload',
    unit: 'ms',
    yardstick: 'connecting with one chat',
    module: took.many,
    theirs: took.one,
    target: { atMost: 3 },
  });
  await Promise.all([load, bare].map((program) => program.stop()));
}

/** Pages of the list: what comes after the page must cost nothing. */
async function measurePages(bench: Bench, server: Program<ServerCalls>, dataset: Dataset): Promise<void> {
  const { options, results, tokens, say } = bench;
  // The same chats, each with another dentist's between itself and the next: a page lies as scattered as theirs does.
  const dentists = dataset.chats / chatsOfFew;
  const few = { ...dataset, chatsPerDentist: chatsOfFew };
  const url = await createDatabase(bench.serverUrl, 'dentist_few', few);
  const assign = (table: string): string => `UPDATE ${table} SET dentist_id = 1 + id % ${dentists}`;
  await run(url, `${assign('chat.chats')}; ${assign('customers')}`);
  await run(url, 'VACUUM (ANALYZE) chat.chats, customers');
  const input = { url, publicKey: tokens.publicKey };
  const programs = { many: server, few: await bench.start<ServerCalls>('servers/module', input) };
  const load = await bench.start<RequestLoadCalls>('loads/request-load');
  const requests = Array.from({ length: dataset.chats / dataset.chatsPerDentist }, (_, index): HttpRequest => {
    const headers = { authorization: `Bearer ${tokens.tokenOf('dentist', index + 1)}` };
    return { method: 'GET', path: '/api/chats?limit=50', headers };
  });
  const perSecond = { many: [] as number[], few: [] as number[] };
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const name of ['many', 'few'] as const) {
      const port = await programs[name].call('port');
      const outcome = await load.call('run', port, requests, 20, options.seconds);
      if (round === 0) continue;
      perSecond[name].push(outcome.perSecond);
      say(`List, round ${round}, ${name} chats: ${outcome.perSecond.toFixed(0)} requests/s`);
    }
  }
  results.comparisons.push({
    what: 'First page of 50 of 5,000 chats',
    unit: 'requests/s',
    yardstick: 'of 50 chats',
    module: perSecond.many,
    theirs: perSecond.few,
  });
}
