import fc from 'fast-check';
import type { EventDeclaration } from '../../lib/plugins/socket-event.js';
import { asSent, attack, expectNoFailure, type Attack } from './attack.js';
import { connectEngine, type EngineConnection } from './engine-connection.js';
import { rawClient } from './http-request.js';
import { anyJson, anyText, broken } from './hostile-values.js';
import { goodValues } from './route-attacks.js';
import { jsonLike } from './shaped-input.js';
import type { Target } from './target.js';

/** Each declared event, and packets of Socket.IO and Engine.IO that are none. */
export function socketAttacks(target: Target): Attack[] {
  return [...target.doors.events.map((event) => attackEvent(event, target)), packets(target), polls(target)];
}

function attackEvent({ event, input }: EventDeclaration, target: Target): Attack {
  const connection = keepConnected(target);
  const whole = jsonLike(input, goodValues(target));
  return attack({
    name: event,
    weight: event === 'message:send' ? 6 : 3,
    inputs: fc
      .tuple(
        fc.oneof({ weight: 6, arbitrary: whole }, { weight: 1, arbitrary: anyJson }),
        fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: anyJson }),
      )
      // JSON that is none ends a connection; here that would test nothing else.
      .filter(([data, more]) => [data, more ?? 'null'].every(isJson)),
    async send([data, more]) {
      const { call } = await connection.open();
      const input = data.replace('"TOKEN"', JSON.stringify(target.token));
      const ack = await call(JSON.stringify(event), input, ...(more === null ? [] : [more]));
      const [answer] = JSON.parse(ack) as [{ ok: boolean; error?: { code: string }; message?: SentMessage }];
      if (answer.error?.code === 'internal_error') throw new Error(ack);
      if (answer.message !== undefined) noteSent(target, data, answer.message);
    },
    close: () => connection.close(),
  });
}

interface SentMessage {
  readonly id: number;
  readonly content: string;
}

function noteSent(target: Target, data: string, { id, content }: SentMessage): void {
  const sent = (JSON.parse(asSent(data)) as { content?: string | null }).content ?? '';
  if (sent !== content) throw new Error(`${JSON.stringify(sent)} was acked as ${JSON.stringify(content)}`);
  target.expectBack(id, content);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a client of Engine.IO might send that is no client. */
function packets(target: Target): Attack {
  const connection = keepConnected(target);
  const event = fc.constantFrom(
    'message:send',
    'error',
    'connect',
    'disconnect',
    'newListener',
    '__proto__',
    'toString',
    '',
  );
  const call = fc.tuple(event, anyJson).map(([name, data]) => `42[${JSON.stringify(name)},${data}]`);
  const known = fc.constantFrom(
    ...[
      '',
      '0',
      '1',
      '2',
      '2probe',
      '3',
      '4',
      '5',
      '6',
      '7',
      '40',
      '40{}',
      '40/,',
      '40/x,{}',
      '41',
      '42',
      '42[]',
      '42{}',
      '42""',
      '42null',
    ],
    ...[
      '42[1]',
      '42[null]',
      '42[[]]',
      '42[{}]',
      '43',
      '43[]',
      '431[]',
      '439999999999999999999[]',
      '44',
      '45',
      '46',
      '49',
      '4-1[]',
      '42-1["x"]',
    ],
    ...[
      '451-["x",{"_placeholder":true,"num":0}]',
      '451-["x",{"_placeholder":true,"num":9}]',
      '451-["x",{"_placeholder":true,"num":"__proto__"}]',
    ],
    ...[
      '4599999999999-["x"]',
      '45-1-["x"]',
      '451.5-["x"]',
      '450-["x"]',
      '461-1[{"_placeholder":true,"num":0}]',
      '42/__proto__,["x"]',
      'b4',
      'bAAAA',
    ],
    ...[
      '42["typing:start"]',
      '42["message:send",null,null,null]',
      '4211["error",{}]',
      '42["message:send",{"sessionId":1}',
      '4\x1e4',
    ],
  );
  const packet = fc.oneof<fc.WeightedArbitrary<string | Uint8Array>[]>(
    { weight: 4, arbitrary: known },
    { weight: 3, arbitrary: call },
    { weight: 3, arbitrary: broken(fc.oneof(call, known)) },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  );
  return attack({
    name: 'broken packets',
    weight: 20,
    inputs: packet,
    async send(one) {
      const { send, roundTrip, received } = await connection.open();
      send(one);
      await roundTrip();
      const failed = received().find((text) => text.includes('internal_error'));
      if (failed !== undefined) throw new Error(failed);
    },
    close: () => connection.close(),
  });
}

/** Requests of long polling, with sessions that are and are not. */
function polls(target: Target): Attack {
  const client = rawClient(target.port);
  const sid = fc.constantFrom('', '__proto__', 'constructor', 'x', '%00', 'x'.repeat(2_000));
  const base = '/socket.io/?EIO=4&transport=polling';
  return attack({
    name: 'broken polling',
    weight: 6,
    inputs: fc.record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'OPTIONS', 'PUT'),
      session: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: sid }),
      body: fc.oneof<fc.WeightedArbitrary<string | Uint8Array>[]>(
        { weight: 2, arbitrary: fc.array(anyText, { maxLength: 4 }).map((texts) => texts.join('\x1e')) },
        {
          weight: 2,
          arbitrary: broken(fc.constant('40{"token":"TOKEN"}\x1e42["message:read",{}]')),
        },
        { weight: 1, arbitrary: fc.constantFrom('1', '2', '6', 'b!!!!', '\x1e\x1e', 'x'.repeat(200_000)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
      ),
    }),
    async send({ method, session, body }) {
      const opened = session ?? (await openSession());
      const answer = await client.send({
        method,
        path: `${base}&sid=${opened}`,
        // A GET would wait for something to be said.
        ...(method === 'GET' ? { path: `${base}&sid=${session ?? 'none'}` } : { body: withToken(body, target.token) }),
      });
      expectNoFailure(answer.status, answer.body);
      if (session === null) await client.send({ method: 'POST', path: `${base}&sid=${opened}`, body: '1' });
    },
    close: () => client.close(),
  });

  async function openSession(): Promise<string> {
    const { body } = await client.send({ method: 'GET', path: base });
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  }
}

/** A connection that is opened anew whenever an attack has ended it. */
function keepConnected({ port, token }: Target): { open(): Promise<EngineConnection>; close(): void } {
  let current: EngineConnection | undefined;
  return {
    async open() {
      if (current?.isOpen !== true) current = await connectEngine(port, token);
      current.received();
      return current;
    },
    close: () => current?.close(),
  };
}

function withToken(body: string | Uint8Array, token: string): string | Uint8Array {
  return typeof body === 'string' ? body.replace('TOKEN', token) : body;
}
