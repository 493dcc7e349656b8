import { expect } from 'chai';
import { chatError } from '../../lib/errors.js';
import { createSendMessage } from '../../lib/messages/send-message.js';

const actor = { type: 'customer', id: 1 } as const;
const file = { source: { buffer: Buffer.from('picture') }, bytes: 7, digest: 'digest' };

describe('a picture whose message', () => {
  /** What was done, in that order, for a picture whose transaction ends so. */
  async function stepsOf(transaction: () => Promise<unknown>, isTakenAway = false): Promise<string[]> {
    const steps: string[] = [];
    const { send } = createSendMessage({
      database: { transaction },
      memberships: { requireSender: () => ({}), remember: () => undefined },
      images: {
        storeUploads: () => Promise.resolve({ keys: ['uploads/1'], digests: ['digest'] }),
        discard: async (keys: string[]) => {
          await new Promise(setImmediate);
          steps.push(`discarded ${keys.join()}`);
        },
      },
      hooks: {
        hooks: () => isTakenAway,
        prepare: () => Promise.resolve({ chatId: 1, content: 'No picture', imageKeys: [] }),
        after: () => undefined,
      },
      domainEvents: { emit: (event: string) => steps.push(event) },
    } as never);
    await send(actor, { chatId: 1, content: '', imageKeys: [] }, [file]).then(
      () => steps.push('answered'),
      () => steps.push('refused'),
    );
    await new Promise(setImmediate);
    return steps;
  }

  const row = { id: 1, created_at: '2026-11-22T10:00:00.000Z', customer_id: 1, dentist_id: 5, status: 'active' };
  const written = (): Promise<unknown> => Promise.resolve({ row, pictures: [] });
  const fails = (error: Error) => () => Promise.reject(error);

  it('is written is answered at once: nothing is left to put away', async () => {
    expect(await stepsOf(written)).to.deep.equal(['message:sent', 'answered']);
  });

  it('is written without it is put away', async () => {
    expect(await stepsOf(written, true)).to.deep.equal(['message:sent', 'discarded uploads/1', 'answered']);
  });
  it('is refused is put away before the answer', async () => {
    expect(await stepsOf(fails(chatError('image_key_invalid')))).to.deep.equal(['discarded uploads/1', 'refused']);
  });

  it('cannot be written is put away behind the answer where the database is away: nobody waits for it twice', async () => {
    const steps = ['message:unsettled', 'refused', 'discarded uploads/1'];
    expect(await stepsOf(fails(chatError('database_unavailable')))).to.deep.equal(steps);
  });

  it('may have been written, as nobody has said that it was not, is looked for', async () => {
    const refused = Object.assign(new Error('a constraint'), { code: '23514', severity: 'ERROR' });
    const steps = ['discarded uploads/1', 'refused'];
    expect(await stepsOf(fails(new RangeError('Invalid time value')))).to.deep.equal(['message:unsettled', ...steps]);
    expect(await stepsOf(fails(refused))).to.deep.equal(steps);
  });
});
