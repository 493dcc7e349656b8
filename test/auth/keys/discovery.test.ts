import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createDiscovery } from '../../../lib/auth/keys/discovery.js';
import { failureOf } from '../refusal.js';

const hour = 3_600_000;

describe('Discovery', () => {
  let server: Server;
  let issuer: string;
  /** What the issuer says of itself: a document, an error, or nothing at all. */
  let document: object | 'error' | 'silence';
  let asked: string[];
  let now: number;
  let discover: (signal?: AbortSignal) => Promise<string>;

  function open(address = issuer): void {
    const find = createDiscovery(address, 86_400, () => now);
    discover = (signal = new AbortController().signal) => find(signal);
  }

  beforeEach(async () => {
    asked = [];
    now = 1_000_000;
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (document === 'error') response.writeHead(500).end();
      else if (document !== 'silence') response.end(JSON.stringify(document));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    document = { issuer, jwks_uri: 'https://keys.example/jwks' };
    open();
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  it('finds the address below the issuer, and asks once an hour', async () => {
    expect(await discover()).to.equal('https://keys.example/jwks');
    now += hour - 1;
    await discover();
    expect(asked).to.deep.equal(['/.well-known/openid-configuration']);
    now += 1;
    document = { issuer, jwks_uri: 'https://keys.example/moved' };
    expect(await discover()).to.equal('https://keys.example/moved');
  });

  it('finds it below an issuer with a path', async () => {
    document = { issuer: `${issuer}/realms/clinic/`, jwks_uri: 'https://keys.example/jwks' };
    open(`${issuer}/realms/clinic/`);
    await discover();
    expect(asked).to.deep.equal(['/realms/clinic/.well-known/openid-configuration']);
  });

  it('keeps the last known address while the issuer fails, for a day', async () => {
    await discover();
    document = 'error';
    now += 24 * hour - 1;
    expect(await discover()).to.equal('https://keys.example/jwks');
    now += 1;
    expect(await failureOf(discover())).to.equal('It answered 500');
  });

  it('does not wait a second time for an issuer that never answers', async () => {
    await discover();
    document = 'silence';
    now += hour;
    const stop = new AbortController();
    const outcome = failureOf(discover(stop.signal));
    await once(server, 'request');
    stop.abort();
    expect(await outcome).to.match(/abort/);
    expect(await discover(), 'the next one').to.equal('https://keys.example/jwks');
    expect(asked).to.have.length(2);
    now += 300_000;
    document = { issuer, jwks_uri: 'https://keys.example/moved' };
    expect(await discover(), 'five minutes later').to.equal('https://keys.example/moved');
  });

  it('asks again at once while it knows no address', async () => {
    document = 'error';
    expect(await failureOf(discover())).to.equal('It answered 500');
    document = { issuer, jwks_uri: 'https://keys.example/jwks' };
    await discover();
  });

  const wrong: Record<string, () => object> = {
    'is about another issuer': () => ({ issuer: 'https://other.example', jwks_uri: 'https://keys.example/jwks' }),
    'is about the issuer in another spelling': () => ({ issuer: `${issuer}/`, jwks_uri: 'https://keys.example/jwks' }),
    'names no issuer': () => ({ jwks_uri: 'https://keys.example/jwks' }),
    'has no address': () => ({ issuer }),
    'has an address that is none': () => ({ issuer, jwks_uri: 'jwks' }),
    'has an address that is not fetched over http': () => ({ issuer, jwks_uri: 'file:///etc/jwks.json' }),
    'is a list': () => [],
  };
  for (const [what, make] of Object.entries(wrong)) {
    it(`refuses a document that ${what}`, async () => {
      document = make();
      expect(await failureOf(discover())).to.match(/^The (discovery document|jwks_uri)/);
    });
  }
});
