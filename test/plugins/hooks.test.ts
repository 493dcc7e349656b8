import { expect } from 'chai';
import { chatError } from '../../lib/index.js';
import { people } from '../support/host-tables.js';
import { roundTrip } from '../support/socket-client.js';
import { everyWay, operations, startHookedHost, type HookedHost } from './hooked-host.js';

describe('hooks', () => {
  const { john } = people;
  let hooked: HookedHost;
  let chatId: number;
  before(async () => {
    hooked = await startHookedHost();
    ({ chatId } = hooked);
  });
  afterEach(() => hooked.reset());
  after(() => hooked.close());

  for (const { point, door, run } of everyWay) {
    it(`may refuse ${point} over ${door}, before and after can*, at once and later`, async () => {
      for (const kind of ['can', 'before']) {
        hooked.set('first', `${kind}${point}`, () => {
          throw chatError('refused');
        });
        expect(await run(hooked)).to.include({ code: 'refused' });
        hooked.set('first', `${kind}${point}`, () =>
          Promise.reject(chatError('rate_limited', { retryAfterSeconds: 3 })),
        );
        expect(await run(hooked)).to.include({ code: 'rate_limited' });
        hooked.reset();
      }
    });

    it(`may fail in ${point} over ${door}: one request fails, and the log says whose fault it was`, async () => {
      for (const kind of ['can', 'before']) {
        for (const fail of [
          () => {
            throw new Error('oh no');
          },
          () => Promise.reject(new Error('oh no')),
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          () => Promise.reject('oh no'),
        ]) {
          const logged = hooked.log.lines.length;
          hooked.set('second', `${kind}${point}`, fail);
          const outcome = await run(hooked);
          expect(outcome).to.include({ code: 'internal_error' });
          const [line] = hooked.log.lines.slice(logged);
          expect(line).to.include({ level: 'error', message: 'a request failed' });
          expect(line?.fields['err']).to.have.property('message', `plugin "second" failed in ${kind}${point}`);
          hooked.reset();
        }
      }
      const health = await hooked.as(null).get('/health');
      expect(health.status).to.equal(200);
    });
  }

  it('are told the actor and what is to be done', async () => {
    const seen: unknown[] = [];
    for (const kind of ['can', 'before', 'after']) {
      hooked.set('first', `${kind}SendMessage`, (input: { content: string }, context: { actor: unknown }) => {
        seen.push([kind, input.content, context.actor]);
      });
    }
    await operations.SendMessage.socket(hooked);
    const actor = { type: 'customer', id: john.id };
    expect(seen).to.deep.equal([
      ['can', 'Hello', actor],
      ['before', 'Hello', actor],
      ['after', 'Hello', actor],
    ]);
  });

  it('run in the order of the plugins, all can* before any before*, and the first refusal is the last word', async () => {
    const steps: string[] = [];
    for (const which of ['first', 'second'] as const) {
      for (const kind of ['can', 'before', 'after']) {
        hooked.set(which, `${kind}SendMessage`, async () => {
          await Promise.resolve();
          steps.push(`${kind} ${which}`);
        });
      }
    }
    await hooked.chat.messages.send(john, { chatId, content: 'in order' });
    await roundTrip(hooked.sockets.john);
    expect(steps).to.deep.equal([
      'can first',
      'can second',
      'before first',
      'before second',
      'after first',
      'after second',
    ]);

    steps.length = 0;
    hooked.set('first', 'canSendMessage', () => {
      throw chatError('refused', { details: { by: 'first' } });
    });
    hooked.set('second', 'canSendMessage', () => {
      throw chatError('chat_closed');
    });
    const refused = await hooked.chat.messages.send(john, { chatId, content: 'x' }).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'refused');
    expect(refused).to.have.nested.property('details.by', 'first');
    expect(steps).to.deep.equal([]);
  });

  it('fail nothing after the fact: what they throw is logged with their name', async () => {
    for (const [point, doors] of Object.entries(operations)) {
      if (point === 'StartChat') continue;
      for (const [door, run] of Object.entries(doors)) {
        hooked.set('first', `after${point}`, () => {
          throw new Error('at once');
        });
        hooked.set('second', `after${point}`, () => Promise.reject(new Error('later')));
        const logged = hooked.log.lines.length;
        expect(await run(hooked), `${point} over ${door}`).to.have.property('done');
        await roundTrip(hooked.sockets.john);
        const lines = hooked.log.lines
          .slice(logged)
          .map(({ level, fields }) => [level, fields['plugin'], fields['hook']]);
        expect(lines).to.deep.equal([
          ['error', 'first', `after${point}`],
          ['error', 'second', `after${point}`],
        ]);
      }
    }
  });
});
