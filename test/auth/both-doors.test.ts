import { expect } from 'chai';
import { definePlugin, type Actor } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { ask } from '../support/ask.js';
import { roundTrip } from '../support/socket-client.js';
import { fitsHeader, tokenTable } from './token-table.js';
import { john, johnsToken, type Mint } from './token-rows/token-row.js';
import { startTrapServer, type TrapServer } from './trap-server.js';

/** Who it was, or the code of the refusal. */
type Verdict = { readonly type: string; readonly id: number } | string;

describe('Both doors', () => {
  let host: ChatHost;
  let trap: TrapServer;
  let mint: Mint;
  let caller: Actor | undefined;

  const watch = definePlugin({
    name: 'watch',
    version: '1.0.0',
    hooks: { canCall: (_call, { actor }) => void (caller = actor) },
  });

  before(async () => {
    [host, trap] = await Promise.all([
      startChatHost({ plugins: [watch], limits: { connectsPerMinutePerPerson: 1_000 } }),
      startTrapServer(),
    ]);
    mint = { tokens: host.tokens, trapUrl: trap.url };
  });

  after(() => Promise.all([host.close(), trap.close()]));

  async function overHttp(token: string): Promise<Verdict> {
    caller = undefined;
    const { status, body } = await host.as({ token }).get<{ error?: { code: string } }>('/api/chats');
    if (body.error !== undefined) expect(status).to.equal(401);
    return body.error?.code ?? caller ?? 'nobody';
  }

  async function overSocket(token: string): Promise<Verdict> {
    try {
      const socket = await host.connect({ token });
      caller = undefined;
      await roundTrip(socket);
      socket.disconnect();
      return caller ?? 'nobody';
    } catch (error) {
      return (error as { data?: { code?: string } }).data?.code ?? String(error);
    }
  }

  /** On a socket of the person whose it is, or of somebody's where it is nobody's. */
  async function overRefresh(token: string, verdict: Verdict): Promise<Verdict> {
    const socket = await host.connect(typeof verdict === 'string' ? john : (verdict as Actor));
    caller = undefined;
    const ack = await ask<{ ok: boolean; error?: { code: string } }>(socket, 'auth:refresh', { token });
    socket.disconnect();
    return ack.error?.code ?? caller ?? 'nobody';
  }

  for (const { title, token, verdict } of tokenTable) {
    it(`${typeof verdict === 'string' ? 'refuse' : 'accept'} ${title}`, async () => {
      const text = token(mint);
      expect(await overSocket(text), 'socket').to.deep.equal(verdict);
      expect(await overRefresh(text, verdict), 'a refresh').to.deep.equal(verdict);
      // What no client can put in a header comes over a socket alone.
      if (fitsHeader(text)) expect(await overHttp(text), 'http').to.deep.equal(verdict);
    });
  }

  it('refuse a flood of kids that nobody has, and ask the issuer for its keys a few times', async () => {
    const fetched = host.tokens.jwks.fetches;
    const codes = new Set<Verdict>();
    for (let round = 0; round < 50; round += 1) {
      const flood = Array.from({ length: 10 }, (_, n) => johnsToken(mint, { header: { kid: `flood-${round}-${n}` } }));
      for (const verdict of await Promise.all(flood.map((token) => overHttp(token)))) codes.add(verdict);
    }
    codes.add(await overSocket(johnsToken(mint, { header: { kid: 'flood' } })));
    expect([...codes]).to.deep.equal(['token_invalid']);
    expect(host.tokens.jwks.fetches - fetched).to.be.at.most(10);
    expect(await overHttp(johnsToken(mint))).to.deep.equal(john);
  });

  after('nobody was lured away, and no token was logged', () => {
    expect(trap.visits).to.equal(0);
    expect(JSON.stringify(host.log.lines)).not.to.include('eyJ');
  });
});
