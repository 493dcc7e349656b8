import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { defineEvent, defineRoute, type RouteResponse } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { expectAckRefusal, expectRefusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';

const circle: Record<string, unknown> = {};
circle['again'] = circle;

const wrongResponses: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a circle': { body: circle },
  'a BigInt': { body: { n: 1n } },
  'a getter that throws': { body: Object.defineProperty({}, 'x', { enumerable: true, get: () => fail() }) },
  'no status there is': { status: 9_999, body: {} },
  'a status that is none': { status: '200', body: {} },
  'a header that is none': { headers: { 'X-Header': 'a\r\nb' }, body: {} },
};

const wrongResults: Record<string, unknown> = {
  null: null,
  text: 'text',
  'a number': 7,
  'a list': [1],
  'a circle': circle,
  'a BigInt': { n: 1n },
  'a getter that throws': { x: Object.defineProperty({}, 'y', { enumerable: true, get: () => fail() }) },
};

function fail(): never {
  throw new Error('not today');
}

describe('what a plugin answers with', () => {
  const { john } = people;
  let host: ChatHost;
  let response: unknown;
  let result: unknown;

  before(async () => {
    const route = (auth: 'actor' | 'none') =>
      defineRoute({ method: 'GET', path: `/odd/${auth}`, auth, handle: () => response as RouteResponse });
    host = await startChatHost({
      plugins: [
        {
          name: 'odd',
          version: '1.0.0',
          routes: [route('actor'), route('none')],
          events: [defineEvent({ event: 'odd', handle: () => result as object })],
        },
      ],
    });
    host.app.on('error', (error: Error) => hostErrors.push(error));
  });
  after(() => host.close());
  const hostErrors: Error[] = [];

  for (const [what, wrong] of Object.entries(wrongResponses)) {
    it(`fails one request, in the module's own words, when a route's is ${what}`, async () => {
      response = wrong;
      for (const auth of ['actor', 'none']) {
        const answer = await host.as(john).get(`/odd/${auth}`);
        expectRefusal(answer, 'internal_error');
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      }
      expect(hostErrors).to.deep.equal([]);
    });
  }

  for (const [what, wrong] of Object.entries(wrongResults)) {
    it(`fails one call, and its ack says so, when an event's is ${what}`, async () => {
      result = wrong;
      const socket = await host.connect(john);
      expectAckRefusal(await ask(socket, 'odd'), 'internal_error');
      expect(host.log.lines.at(-1)).to.include({ level: 'error', message: 'a request failed' });
      socket.disconnect();
    });
  }

  it('is sent as it is when it can be', async () => {
    const { get } = host.as(john);
    response = { body: { list: [1, null], umlaut: 'ü' } };
    const json = await get('/odd/actor');
    expect(json.body).to.deep.equal({ list: [1, null], umlaut: 'ü' });
    expect(json.headers.get('Content-Type')).to.equal('application/json; charset=utf-8');
    response = { headers: { 'Content-Type': 'application/problem+json' }, body: { title: 'x' } };
    const problem = await get('/odd/actor');
    expect(problem.headers.get('Content-Type')).to.equal('application/problem+json');
    expect(problem.body).to.deep.equal({ title: 'x' });
    response = { body: 'text' };
    expect((await get('/odd/actor')).body).to.equal('text');
    response = { body: Buffer.from('bytes') };
    expect((await get('/odd/actor')).body).to.equal('bytes');
    response = { body: new PassThrough().end('streamed') };
    expect((await get('/odd/actor')).body).to.equal('streamed');
    response = { body: null };
    expect((await get('/odd/actor')).status).to.equal(204);
    response = {};
    expect((await get('/odd/actor')).status).to.equal(204);

    const socket = await host.connect(john);
    result = undefined;
    expect(await ask(socket, 'odd')).to.deep.equal({ ok: true });
    result = { bytes: Buffer.from('bytes') };
    expect(await ask(socket, 'odd')).to.deep.equal({ ok: true, bytes: Buffer.from('bytes') });
  });
});
