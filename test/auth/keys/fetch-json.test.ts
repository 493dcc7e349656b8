import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { withDeadline } from '../../../lib/with-deadline.js';
import { fetchJson } from '../../../lib/auth/keys/fetch-json.js';
import { startTrapServer } from '../trap-server.js';
import { failureOf } from '../refusal.js';

describe('Fetching a JSON document', () => {
  let server: Server;
  let answer: RequestListener;
  const never = new AbortController().signal;

  const get = (signal = never): Promise<unknown> =>
    fetchJson(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, signal);

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  it('gives what it says', async () => {
    answer = (_request, response) => response.end('{"a":1}');
    expect(await get()).to.deep.equal({ a: 1 });
  });

  it('follows no redirect', async () => {
    const trap = await startTrapServer();
    try {
      answer = (_request, response) => response.writeHead(302, { location: trap.url }).end();
      expect(await failureOf(get())).to.match(/302.*redirects/);
      expect(trap.visits).to.equal(0);
    } finally {
      await trap.close();
    }
  });

  it('stops reading at 256 KiB', async () => {
    let gone = false;
    answer = (_request, response) => {
      response.on('close', () => (gone = true));
      const more = (): void => {
        while (!gone && response.write(' '.repeat(65_536)));
        if (!gone) response.once('drain', more);
      };
      more();
    };
    expect(await failureOf(get())).to.match(/more than 262144 bytes/);
  });

  it('refuses an answer that is an error, or no JSON, without repeating it', async () => {
    answer = (_request, response) => response.writeHead(404).end('{}');
    expect(await failureOf(get())).to.equal('It answered 404');
    answer = (_request, response) => response.end('<html>secret</html>');
    expect(await failureOf(get())).to.equal('It answered no JSON');
  });

  it('ends with the deadline, also in the middle of an answer', async () => {
    answer = (_request, response) => void response.write('{"keys":');
    expect(await failureOf(withDeadline(50, never, get))).to.match(/more than 50 ms/);
  });

  it('ends when it is stopped', async () => {
    const stop = new AbortController();
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const outcome = failureOf(withDeadline(5_000, stop.signal, get));
    await asked;
    stop.abort();
    expect(await outcome).to.match(/abort/);
  });
});
