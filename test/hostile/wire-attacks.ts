import fc from 'fast-check';
import { talk } from '../support/raw-http.js';
import { attack, expectNoFailure, type Attack } from './attack.js';
import { broken } from './hostile-values.js';
import type { Target } from './target.js';

/** Bytes at the port that are HTTP more or less. */
export function wireAttacks(target: Target): Attack[] {
  return [
    attack({
      name: 'broken HTTP',
      weight: 14,
      inputs: fc.oneof(requestsTo(target), broken(requestsTo(target)), fc.string({ unit: 'binary', maxLength: 80 })),
      async send(bytes) {
        // What keeps the connection open, waiting for more, has been answered by then or never will be.
        const answer = await talk(target.port, Buffer.from(bytes, 'latin1'), 150);
        for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) expectNoFailure(Number(status), answer);
      },
      close: () => undefined,
    }),
  ];
}

function requestsTo({ chatId, token }: Target): fc.Arbitrary<string> {
  const targets = fc.constantFrom(
    ...[
      '/',
      '*',
      '/health',
      '/api/chats',
      `/api/chats/${chatId}/messages`,
      '/api/chats/%00',
      '//',
      '//[',
      '/\\',
      '/?',
      '/#',
    ],
    ...[
      'http://[',
      'http://[::1',
      'http://a b/',
      'ws://x:y@[/api/chats',
      'http://127.0.0.1/health',
      'x:',
      '?',
      '#',
      '%',
      'health',
    ],
    ...[
      '/socket.io/',
      '/socket.io',
      '/socket.io/?EIO=4&transport=polling',
      '/socket.io/?EIO=4&transport=websocket&sid=__proto__',
    ],
    ...[
      '/socket.io/?EIO=4&transport=__proto__',
      '/socket.io/?EIO=99',
      '/socket.io/?EIO=4&transport=polling&sid=constructor',
    ],
    ...['/api/chat-images/../../x', '/api/chat-images//', `/${'a'.repeat(9_000)}`],
  );
  const methods = fc.constantFrom(
    'GET',
    'POST',
    'PUT',
    'OPTIONS',
    'HEAD',
    'DELETE',
    'TRACE',
    'CONNECT',
    'PRI',
    'get',
    'X',
  );
  const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', '');
  const header = fc.constantFrom(
    ...[
      'Host: x',
      'Host: [',
      'Host:',
      `Authorization: Bearer ${token}`,
      'Authorization: Bearer \xff',
      'Content-Type: application/json',
    ],
    ...[
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 5, 6',
      'Content-Length: 99999999999',
      'Transfer-Encoding: chunked',
    ],
    ...[
      'Transfer-Encoding: identity, chunked',
      'Transfer-Encoding: x',
      'Expect: 100-continue',
      'Expect: x',
      'Connection: close',
    ],
    ...[
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Upgrade: h2c',
      'Sec-WebSocket-Key: x',
      'Sec-WebSocket-Version: 13',
    ],
    ...['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Extensions: x; y=', 'Sec-WebSocket-Version: 99'],
    ...[
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Encoding: gzip',
      'Origin: null',
      ' folded',
      `X: ${'y'.repeat(20_000)}`,
    ],
  );
  const body = fc.constantFrom('', '', '{"content":"x"}', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\n', '--b\r\n', '\0', '{');
  return fc
    .tuple(methods, targets, version, fc.array(header, { maxLength: 6 }), body)
    .map(([method, path, http, headers, rest]) =>
      [`${method} ${path} ${http}`, 'Host: x', ...headers, '', rest].join('\r\n'),
    );
}
