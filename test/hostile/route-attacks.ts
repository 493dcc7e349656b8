import fc from 'fast-check';
import type { RouteDeclaration } from '../../lib/plugins/route.js';
import { asSent, attack, expectNoFailure, type Attack } from './attack.js';
import { rawClient } from './http-request.js';
import { anyText, broken } from './hostile-values.js';
import { fieldsOf, jsonLike, type GoodValues } from './shaped-input.js';
import { signedLinks } from './link-attacks.js';
import type { Target } from './target.js';

/** Each declared route, with hostile paths, queries, headers and bodies. */
export function routeAttacks(target: Target): Attack[] {
  return target.doors.routes.map((route) => attackRoute(route, target));
}

function attackRoute(route: RouteDeclaration, target: Target): Attack {
  const client = rawClient(target.port);
  const good = goodValues(target);
  const isSend = route.method === 'POST' && route.path === '/api/chats/:chatId/messages';
  return attack({
    name: `${route.method} ${route.path}`,
    weight: isSend ? 6 : 3,
    inputs: fc.record({
      path: pathsOf(route, good),
      query: queriesOf(route, target),
      headers: fc.tuple(authorizations, contentTypes, oddSometimes),
      body: fc.option(bodiesOf(route, good), { freq: 8 }),
    }),
    async send({ path, query, headers: [authorization, contentType, extra], body }) {
      const token = authorization.replace('TOKEN', target.token);
      const headers = {
        ...(token === '' ? {} : { authorization: token }),
        ...(body === null ? {} : contentType),
        ...extra,
      };
      const sent = { method: route.method, path: path + query, headers, ...(body === null ? {} : { body }) };
      const answer = await client.send(sent);
      expectNoFailure(answer.status, answer.body);
      // What is for no route, as `/api/chats/../x`, Koa answers with text.
      const isOurs = answer.body.startsWith('{');
      if (route.auth !== 'none' && isOurs && answer.headers['cache-control'] !== 'no-store') {
        throw new Error(`a personal answer of ${answer.status} may be kept`);
      }
      if (isSend && answer.status === 201) noteSent(target, body, answer.body);
    },
    close: () => client.close(),
  });
}

/** What was sent is what the server has read: the last of two fields of a name, as JSON has it. */
function noteSent(target: Target, sent: string | Uint8Array | null, answered: string): void {
  const { content = '' } = JSON.parse(asSent(sent ?? '')) as { content?: string | null };
  const { id, content: returned } = JSON.parse(answered) as { id: number; content: string };
  if (returned !== (content ?? ''))
    throw new Error(`${JSON.stringify(content)} was answered as ${JSON.stringify(returned)}`);
  target.expectBack(id, returned);
}

export function goodValues({ chatId, messageId, links }: Target): GoodValues {
  return {
    imageId: [links.imageId, links.imageId, links.imageId + 1],
    key: signedLinks(links).map(({ pathname }) => pathname.slice('/api/chat-images/'.length)),
    chatId: [chatId, chatId, chatId, chatId + 1, 9_007_199_254_740_991],
    sessionId: [chatId, chatId, chatId, chatId + 1],
    messageId: [messageId, messageId + 1, 9_007_199_254_740_991],
    upTo: [messageId, 1],
    token: ['TOKEN', 'a.b.c', 'x'.repeat(9_000)],
    imageUrls: [
      null,
      null,
      null,
      [],
      ['uploads/0123456789abcdef0123456789abcdef'],
      ['https://example.com/x.jpg'],
      [''],
      'x',
    ],
    clientMessageId: [null, null, null, null, 'x'.repeat(129), '', 'a b', 'ü'],
    contentType: ['image/jpeg', 'image/svg+xml', 'IMAGE/PNG'],
    bytes: [1, 1_000, 2 ** 53 - 1],
  };
}

/** `TOKEN` stands for John's: so an input that is told says no token. */
const authorizations: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: fc.constant('Bearer TOKEN') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['', 'Bearer', 'Basic eDp5', 'bearer  TOKEN', 'Bearer TOKEN,', 'Bearer TOKEN x', 'Bearer a.b.c', 'Bearer ..'],
      ...['Bearer TOKENx', 'Bearer TOKEN.', 'Bearer \xe9', `Bearer ${'x'.repeat(9_000)}`],
    ),
  },
);

const contentTypes: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        ...[
          '',
          'text/plain',
          'multipart/form-data',
          'multipart/form-data; boundary=',
          'multipart/form-data; boundary=x',
        ],
        ...[
          'application/json; charset=utf-16',
          'application/json; charset="',
          'application/json;;;',
          '/',
          ';',
          'a/b+json',
        ],
        ...['application/x-www-form-urlencoded', `application/json; ${'x'.repeat(4_000)}`, '\xff/\xff'],
      )
      .map((type) => ({ 'content-type': type })),
  },
);

const odd: fc.Arbitrary<Record<string, string>> = fc.constantFrom<Record<string, string>>(
  ...['', 'a', 'a b', 'x'.repeat(200), '\xe9', '../', 'a, a', "'"].map((key) => ({ 'idempotency-key': key })),
  ...['gzip', 'br', 'identity', 'x', ''].map((encoding) => ({ 'content-encoding': encoding })),
  { range: 'bytes=0-1' },
  { 'if-none-match': '*' },
  { expect: '100-continue' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': `1.2.3.4, ${'x'.repeat(2_000)}`, 'x-forwarded-host': '[' },
  { host: '[' },
  { cookie: '__proto__=1' },
);

const segments = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '01',
  '9007199254740992',
  '99999999999999999999',
  'NaN',
  '%00',
  '%',
  '%zz',
  '%ED%A0%80',
  '%2e%2e',
  '%2F',
  '..',
  '.',
  '__proto__',
  'start',
  "'",
  '%F0%9F%A6%B7',
  'x'.repeat(3_000),
];

/** Some of these are refused before anything else is looked at. */
const oddSometimes = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: odd });

function pathsOf(route: RouteDeclaration, good: GoodValues): fc.Arbitrary<string> {
  const parts = route.path.split(/([:*]\w+)/).map((part) => {
    if (!/^[:*]/.test(part)) return fc.constant(part);
    const known = (good[part.slice(1)] ?? [1]).map(String);
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: fc.constantFrom(...segments) },
    );
  });
  return fc.tuple(...parts).map((found) => found.join(''));
}

function queriesOf(route: RouteDeclaration, { links }: Target): fc.Arbitrary<string> {
  const names = [...fieldsOf(route.query), 'token', '__proto__', 'constructor', ''];
  const value = fc.oneof(
    fc.constantFrom(
      '1',
      '50',
      '0',
      '-1',
      '1e9',
      '%00',
      '%',
      '%ED%A0%80',
      '9007199254740993',
      '1-1',
      '99999999999999-1',
      '[]',
      '',
    ),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  const pair = fc.tuple(fc.constantFrom(...names), fc.constantFrom('=', '', '[]=', '[__proto__]=', '.a='), value);
  const some = fc.array(pair, { maxLength: 4 }).map((pairs) => `?${pairs.map((one) => one.join('')).join('&')}`);
  return fc.oneof(
    { weight: route.query === undefined ? 6 : 1, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: some },
    // What a picture is served for.
    ...(route.path.endsWith('/*key')
      ? [{ weight: 6, arbitrary: fc.constantFrom(...signedLinks(links).map(({ search }) => search)) }]
      : []),
  );
}

function bodiesOf(route: RouteDeclaration, good: GoodValues): fc.Arbitrary<string | Uint8Array> {
  const whole = jsonLike(route.body, good);
  return fc.oneof<fc.WeightedArbitrary<string | Uint8Array>[]>(
    { weight: 8, arbitrary: whole },
    { weight: 2, arbitrary: broken(whole) },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  );
}
