import { expect } from 'chai';
import type { ChatErrorCode } from '../../lib/index.js';
import { startChatHost } from '../support/chat-host.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import type { Answer } from '../support/http-client.js';
import { people } from '../support/host-tables.js';

const { john } = people;

describe('the body of a REST request', () => {
  let host: ChatHost;
  let path: string;

  before(async () => {
    host = await startChatHost();
    path = `/api/chats/${await startChat(host, john)}/messages`;
  });

  after(() => host.close());

  const post = (
    body: NonNullable<RequestInit['body']> | undefined,
    headers: Record<string, string> = { 'Content-Type': 'application/json' },
    to = path,
  ): Promise<Answer<unknown>> =>
    host.as(john).request(to, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });

  const invalid: Readonly<Record<string, readonly [NonNullable<RequestInit['body']>, ChatErrorCode]>> = {
    'no JSON': ['content=x', 'invalid_json'],
    'JSON that breaks off': ['{"content":"x"', 'invalid_json'],
    'JSON with something behind it': ['{"content":"x"}{}', 'invalid_json'],
    'JSON with a comment': ['{"content":"x"} // y', 'invalid_json'],
    'bytes that are no UTF-8': [Buffer.from('{"content":"\xff\xfe"}', 'latin1'), 'invalid_json'],
    'UTF-8 that encodes a surrogate': [
      Buffer.concat([Buffer.from('{"content":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')]),
      'invalid_json',
    ],
    'UTF-16': [Buffer.from('{"content":"x"}', 'utf16le'), 'invalid_json'],
    'a list': ['[{"content":"x"}]', 'invalid_request'],
    'a string': ['"x"', 'invalid_request'],
    'a number': ['1', 'invalid_request'],
    null: ['null', 'invalid_request'],
    'nested without end': ['['.repeat(100_000) + ']'.repeat(100_000), 'invalid_request'],
    'a lone surrogate, escaped': ['{"content":"\\ud800"}', 'invalid_request'],
    'a NUL byte, escaped': ['{"content":"a\\u0000b"}', 'invalid_request'],
    'a field of the prototype': ['{"__proto__":{"content":"x"}}', 'message_empty'],
    'an empty object': ['{}', 'message_empty'],
    'nothing at all': ['', 'message_empty'],
  };
  for (const [title, [body, code]] of Object.entries(invalid)) {
    it(`is refused that is ${title}`, async () => {
      expectRefusal(await post(body), code);
    });
  }

  for (const type of [
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', 'text/json', 'application/xml'],
    ...['application/json; charset=utf-16', 'application/json; charset=iso-8859-1', 'nonsense'],
  ]) {
    it(`is refused with 415 that is said to be ${type}`, async () => {
      expectRefusal(await post('{"content":"x"}', { 'Content-Type': type }), 'unsupported_content_type');
    });
  }

  it('is refused with 415 that is compressed', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const answer = await post('{"content":"x"}', headers);
    expect(answer.status).to.equal(415);
  });

  it('is refused with 415 without a type', async () => {
    const bytes = new Blob(['{"content":"x"}']);
    expect((await post(bytes, {})).status).to.equal(415);
  });

  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/x+json',
  ]) {
    it(`is taken that is said to be ${type}`, async () => {
      expect((await post('{"content":"grüße"}', { 'Content-Type': type })).body).to.include({ content: 'grüße' });
    });
  }

  for (const [title, body] of [
    ['announced', () => JSON.stringify({ content: 'x'.repeat(300_000) })],
    ['in pieces', () => new Blob([JSON.stringify({ content: 'x'.repeat(300_000) })]).stream()],
  ] as const) {
    it(`is refused with 413 that is too large, ${title}`, async () => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: body(), duplex: 'half' };
      const answer = await host.as(john).request(path, init as RequestInit);
      expectRefusal(answer, 'body_too_large', { maxBytes: 256 * 1024 });
      expect((await post('{"content":"the next one"}')).status).to.equal(201);
    });
  }

  it('is judged in every route that takes one', async () => {
    const read = path.replace('/messages', '/read');
    expectRefusal(await post('{', undefined, read), 'invalid_json');
    expectRefusal(await post('[]', undefined, read), 'invalid_request');
    expect((await post('x', { 'Content-Type': 'text/plain' }, read)).status).to.equal(415);
    expectRefusal(await post('{}', undefined, read.replace(/\d+/, '0')), 'invalid_request');
    expect((await post(undefined, {}, read)).status).to.equal(200);
  });

  it('makes no difference where none is needed', async () => {
    expectRefusal(await post('{"nonsense', undefined, '/api/chats/start'), 'chat_already_exists');
    expectRefusal(await post('x', { 'Content-Type': 'text/plain' }, '/api/chats/start'), 'chat_already_exists');
    expectRefusal(await post('{', undefined, `${path}/4711/read`), 'message_not_found');
  });

  it('is not looked at for somebody without a token', async () => {
    const answer = await host.as(null).request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{',
    });
    expectRefusal(answer, 'token_missing');
  });
});
