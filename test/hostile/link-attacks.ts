import { connect } from 'node:net';
import fc from 'fast-check';
import { attack, expectNoFailure, type Attack } from './attack.js';
import { rawClient } from './http-request.js';
import { anyText, broken } from './hostile-values.js';
import { uploadBytes, type Links, type Target } from './target.js';

export function signedLinks({ picture, thumbnail, upload }: Links): URL[] {
  return [picture, thumbnail, upload];
}

/** Links that are signed, as they are and changed; and a client that leaves while it is given a picture. */
export function linkAttacks(target: Target): Attack[] {
  return [misuse(target), leave(target)];
}

function misuse({ port, links }: Target): Attack {
  const client = rawClient(port);
  const link = fc.constantFrom(...signedLinks(links).map(({ pathname, search }) => pathname + search));
  const length = fc.constantFrom(uploadBytes, uploadBytes, 0, 1, uploadBytes - 1, uploadBytes + 1, 100_000);
  return attack({
    name: 'signed links',
    weight: 6,
    inputs: fc.record({
      method: fc.constantFrom('GET', 'GET', 'PUT', 'PUT', 'HEAD', 'POST', 'OPTIONS'),
      path: fc.oneof({ weight: 3, arbitrary: link }, { weight: 1, arbitrary: broken(link).map(encodeURI) }),
      contentType: fc.constantFrom('image/jpeg', 'image/jpeg', 'IMAGE/JPEG', 'image/png', 'image/jpeg; x', ''),
      range: fc.constantFrom('', '', 'bytes=0-0', 'bytes=5-', 'bytes=9-1', 'bytes=-1', 'x'),
      body: fc.oneof(
        length.map((bytes) => Buffer.alloc(bytes, 0xff)),
        anyText.map((text) => Buffer.from(text)),
      ),
    }),
    async send({ method, path, contentType, range, body }) {
      const headers = { 'content-type': contentType, ...(range === '' ? {} : { range }) };
      const hasBody = method === 'PUT' || method === 'POST';
      const answer = await client.send({ method, path, headers, ...(hasBody ? { body } : {}) });
      expectNoFailure(answer.status, answer.body);
    },
    close: () => client.close(),
  });
}

function leave({ port, links }: Target): Attack {
  const link = fc.constantFrom(...[links.picture, links.thumbnail].map(({ pathname, search }) => pathname + search));
  return attack({
    name: 'a client that leaves during a picture',
    weight: 1,
    inputs: fc.tuple(link, fc.constantFrom(0, 0, 1, 500, 70_000, 300_000)),
    send: ([path, bytes]) =>
      new Promise((resolve) => {
        let left = bytes;
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
          if (bytes === 0) setImmediate(() => socket.destroy());
        });
        socket.on('data', (piece) => {
          left -= piece.length;
          if (left <= 0) socket.destroy();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      }),
    close: () => undefined,
  });
}
