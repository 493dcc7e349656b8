import type { Bench } from '../bench.js';
import { createDatabase } from '../data/databases.js';
import { dentistOf, type Dataset } from '../data/dataset.js';
import type { HttpRequest } from '../loads/http-connection.js';
import type { RequestLoadCalls } from '../loads/request-load.js';
import type { Seat, SendLoadCalls } from '../loads/send-load.js';
import type { Program } from '../programs/start-program.js';
import type { ServerCalls } from '../servers/serve.js';

type Size = 'big' | 'small';

/** People who are there in both: ten dentists with twenty customers each, spread over all there are. */
const dentists = 10;
const chatsPerDentist = 20;
/** As many as one person may have, running and waiting, before they are taken for a flood. */
const connections = 12;

interface Side {
  readonly dataset: Dataset;
  readonly server: Program<ServerCalls>;
  readonly port: number;
  readonly chatIds: readonly number[];
}

type Sides = Readonly<Record<Size, Side>>;

/** The same people doing the same among ten thousand messages and among ten million. */
export async function measureFlat(bench: Bench): Promise<void> {
  const { flatMessages } = bench.options;
  const small = { chats: dentists * chatsPerDentist, chatsPerDentist, messages: 10_000, inFirstChat: 100 };
  const chats = Math.max(small.chats, Math.round(flatMessages / 50 / chatsPerDentist) * chatsPerDentist);
  const big = { chats, chatsPerDentist, messages: flatMessages, inFirstChat: Math.round(flatMessages / 100) };
  const sides = { big: await open(bench, 'big', big), small: await open(bench, 'small', small) };
  await measureReads(bench, sides);
  await measureSends(bench, sides);
}

async function open(bench: Bench, size: Size, dataset: Dataset): Promise<Side> {
  const started = performance.now();
  let told = '';
  const url = await createDatabase(bench.serverUrl, `flat_${size}`, dataset, (table, rows, of) => {
    const percent = `${table}: ${Math.floor((rows * 10) / of) * 10} %`;
    if (percent !== told)
      bench.say(`${size}, ${percent} after ${((performance.now() - started) / 1_000).toFixed(0)} s`);
    told = percent;
  });
  const took = ((performance.now() - started) / 1_000).toFixed(0);
  bench.say(`${size}: ${dataset.messages} messages in ${dataset.chats} chats, ready after ${took} s`);
  const server = await bench.start<ServerCalls>('servers/module', { url, publicKey: bench.tokens.publicKey });
  const step = Math.floor(dataset.chats / chatsPerDentist / dentists);
  const chatIds = Array.from({ length: dentists }, (_, index) => index * step * chatsPerDentist).flatMap((before) =>
    Array.from({ length: chatsPerDentist }, (_, index) => before + index + 1),
  );
  return { dataset, server, port: await server.call('port'), chatIds };
}

async function measureReads(bench: Bench, sides: Sides): Promise<void> {
  const load = await bench.start<RequestLoadCalls>('loads/request-load');
  const inLongChat = (query: (dataset: Dataset) => string) => (side: Side) => [
    getOf(bench, side, 1, `/api/chats/1/messages${query(side.dataset)}`),
  ];
  await compare(
    bench,
    sides,
    load,
    'Newest page',
    inLongChat(() => ''),
  );
  await compare(
    bench,
    sides,
    load,
    'Oldest page',
    inLongChat(() => '?after=1'),
  );
  await compare(
    bench,
    sides,
    load,
    'Middle page',
    inLongChat(({ messages }) => `?before=${Math.round(messages * 0.7)}`),
  );
  await compare(bench, sides, load, 'Newest page of many chats', (side) =>
    side.chatIds.slice(1).map((id) => getOf(bench, side, id, `/api/chats/${id}/messages?limit=20`)),
  );
  await compare(bench, sides, load, 'List, unread counted', (side) =>
    side.chatIds.map((id) => getOf(bench, side, id, '/api/chats')),
  );
  await compare(bench, sides, load, 'Send, then mark read, over REST', (side) =>
    side.chatIds.flatMap((id) => [
      { ...postOf(bench, 'customer', id, `/api/chats/${id}/messages`), body: { content: 'It fits.' } },
      { ...postOf(bench, 'dentist', dentistOf(id, side.dataset), `/api/chats/${id}/read`), body: {} },
    ]),
  );
  await load.stop();
}

async function compare(
  { options, results, say }: Bench,
  sides: Sides,
  load: Program<RequestLoadCalls>,
  what: string,
  requestsOf: (side: Side) => HttpRequest[],
): Promise<void> {
  const perSecond = { big: [] as number[], small: [] as number[] };
  const p50Ms = { big: [] as number[], small: [] as number[] };
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const size of inTurns(round)) {
      const outcome = await load.call('run', sides[size].port, requestsOf(sides[size]), connections, options.seconds);
      if (round === 0) continue;
      perSecond[size].push(outcome.perSecond);
      p50Ms[size].push(outcome.p50Ms);
      say(
        `${what}, round ${round}, ${size}: ${outcome.perSecond.toFixed(0)} requests/s, p50 ${outcome.p50Ms.toFixed(2)} ms`,
      );
    }
  }
  addComparisons(results, what, 'requests/s', perSecond, p50Ms);
}

async function measureSends(bench: Bench, sides: Sides): Promise<void> {
  const { options, results, say } = bench;
  const load = await bench.start<SendLoadCalls>('loads/send-load');
  const perSecond = { big: [] as number[], small: [] as number[] };
  const p50Ms = { big: [] as number[], small: [] as number[] };
  for (const size of ['big', 'small'] as const) {
    await load.call('connect', size, sides[size].port, seatsOf(bench, sides[size]));
  }
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const size of inTurns(round)) {
      const outcome = await load.call('send', size, sides[size].chatIds.length, options.seconds);
      if (round === 0) continue;
      perSecond[size].push(outcome.perSecond);
      p50Ms[size].push(outcome.p50Ms);
      say(`Sends, round ${round}, ${size}: ${outcome.perSecond.toFixed(0)}/s, p50 ${outcome.p50Ms.toFixed(2)} ms`);
    }
  }
  addComparisons(results, 'Sends, 200 customers', 'messages/s', perSecond, p50Ms);
}

/** Each goes first as often as the other: whoever comes second finds the machine as the first has left it. */
function inTurns(round: number): readonly Size[] {
  return round % 2 === 0 ? ['big', 'small'] : ['small', 'big'];
}

function addComparisons(
  results: Bench['results'],
  what: string,
  unit: string,
  perSecond: Record<Size, number[]>,
  p50Ms: Record<Size, number[]>,
): void {
  const yardstick = 'among 10 thousand messages';
  const sides = ({ big: module, small: theirs }: Record<Size, number[]>) => ({ module, theirs });
  results.comparisons.push(
    { what: `Big: ${what}`, unit, yardstick, ...sides(perSecond), target: { atLeast: 0.83 } },
    { what: `Big: ${what}, p50`, unit: 'ms', yardstick, ...sides(p50Ms), target: { atMost: 1.2 }, isDetail: true },
  );
}

function getOf(bench: Bench, { dataset }: Side, chatId: number, path: string): HttpRequest {
  const token = bench.tokens.tokenOf('dentist', dentistOf(chatId, dataset));
  return { method: 'GET', path, headers: { authorization: `Bearer ${token}` } };
}

function postOf({ tokens }: Bench, type: 'customer' | 'dentist', id: number, path: string): HttpRequest {
  return { method: 'POST', path, headers: { authorization: `Bearer ${tokens.tokenOf(type, id)}` } };
}

/** The customers, who send, and then their dentists, who hear it. */
function seatsOf({ tokens }: Bench, { dataset, chatIds }: Side): Seat[] {
  const ids = [...new Set(chatIds.map((chatId) => dentistOf(chatId, dataset)))];
  return [
    ...chatIds.map((id) => ({ chatId: id, auth: { token: tokens.tokenOf('customer', id) } })),
    ...ids.map((id) => ({ chatId: 0, auth: { token: tokens.tokenOf('dentist', id) } })),
  ];
}
