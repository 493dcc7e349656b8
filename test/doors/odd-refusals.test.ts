import { expect } from 'chai';
import { actorByLogin, chatError, cognito, type ActorFromClaims } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { expectAckRefusal, expectRefusal, refusal } from '../support/expectations.js';
import { people } from '../support/host-tables.js';
import { nextEvent, roundTrip } from '../support/socket-client.js';
import { startTestTokens } from '../support/tokens.js';

const circle: Record<string, unknown> = {};
circle['again'] = circle;

const oddDetails: Record<string, Record<string, unknown>> = {
  'a BigInt': { limit: 5n },
  'a circle': circle,
  'a toJSON that throws': {
    toJSON: () => {
      throw new Error('not today');
    },
  },
};

describe('a refusal whose details no client can be told', () => {
  const { john } = people;
  let host: ChatHost;
  let details: Record<string, unknown> | undefined;
  let refuses: 'calls' | 'actors' | 'too many' | undefined;

  before(async () => {
    const tokens = await startTestTokens();
    const refuse = (where: typeof refuses): void => {
      if (refuses === where) throw chatError('refused', details === undefined ? {} : { details });
    };
    const actor: ActorFromClaims = (claims, lookup) => {
      refuse('actors');
      return actorByLogin('customer')(claims, lookup);
    };
    const canCall = (): void => {
      refuse('calls');
      if (refuses === 'too many') throw chatError('rate_limited');
    };
    host = await startChatHost(
      {
        auth: { issuers: [cognito({ ...tokens.cognito, actor })] },
        plugins: [{ name: 'strict', version: '1.0.0', hooks: { canCall } }],
      },
      { tokens },
    );
    closeTokens = () => tokens.close();
  });
  let closeTokens = (): Promise<void> => Promise.resolve();
  afterEach(() => (refuses = undefined));
  after(async () => {
    await host.close();
    await closeTokens();
  });

  for (const [what, odd] of Object.entries(oddDetails)) {
    it(`is an internal_error through every door, and the host lives: ${what}`, async () => {
      details = odd;
      const socket = await host.connect(john);
      refuses = 'calls';
      expectRefusal(await host.as(john).get('/api/chats'), 'internal_error');
      expectAckRefusal(await ask(socket, 'typing:stop', { sessionId: 1 }), 'internal_error');
      socket.emit('typing:stop', { sessionId: 1 });
      expect(await nextEvent(socket, 'chat:error')).to.deep.equal({
        event: 'typing:stop',
        error: refusal('internal_error'),
      });
      refuses = 'actors';
      const outcome: unknown = await host.connect(john).catch((error: { data?: unknown }) => error.data);
      expect(outcome).to.deep.equal(refusal('internal_error'));
      expect(host.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).to.include(
        'a request failed',
      );
      refuses = undefined;
      await roundTrip(socket);
    });
  }

  it('says when to ask again where it is for too many calls, and does not say it itself', async () => {
    refuses = 'too many';
    const answer = await host.as(john).get('/api/chats');
    expectRefusal(answer, 'rate_limited', { retryAfterSeconds: 1 });
    expect(answer.headers.get('Retry-After')).to.equal('1');
  });

  it('is told in full where they are JSON', async () => {
    details = { limit: 5, of: ['calls'] };
    refuses = 'calls';
    expectRefusal(await host.as(john).get('/api/chats'), 'refused', details);
  });
});
