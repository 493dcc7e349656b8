import { expect } from 'chai';
import { chatError } from '../../lib/errors.js';
import { createSendMessage } from '../../lib/messages/send-message.js';

const actor = { type: 'customer', id: 1 } as const;
const file = { source: { buffer: Buffer.from('picture') }, bytes: 7, digest: 'digest' };

describe('a picture whose message cannot be written', () => {
  /** What was done, in that order, for a picture whose transaction fails so. */
  async function stepsOf(failure: Error): Promise<string[]> {
    const steps: string[] = [];
    const { send } = createSendMessage({
      database: { transaction: () => Promise.reject(failure) },
      memberships: { requireSender: () => ({}) },
      images: {
        storeUploads: () => Promise.resolve({ keys: ['uploads/1'], digests: ['digest'] }),
        discard: async (keys: string[]) => {
          await new Promise(setImmediate);
          steps.push(`discarded ${keys.join()}`);
        },
      },
      hooks: { hooks: () => false },
      domainEvents: { emit: (event: string) => steps.push(event) },
    } as never);
    await send(actor, { chatId: 1, content: '', imageKeys: [] }, [file]).catch(() => steps.push('answered'));
    await new Promise(setImmediate);
    return steps;
  }

  it('is put away before the answer', async () => {
    expect(await stepsOf(chatError('image_key_invalid'))).to.deep.equal(['discarded uploads/1', 'answered']);
  });

  it('is put away behind the answer where the database is away: nobody waits for it twice', async () => {
    const steps = ['message:unsettled', 'answered', 'discarded uploads/1'];
    expect(await stepsOf(chatError('database_unavailable'))).to.deep.equal(steps);
  });

  it('may have been written where nobody has said that it was not, and is looked for', async () => {
    const steps = ['discarded uploads/1', 'answered'];
    expect(await stepsOf(new RangeError('Invalid time value'))).to.deep.equal(['message:unsettled', ...steps]);
    expect(await stepsOf(Object.assign(new Error('a constraint'), { code: '23514' }))).to.deep.equal(steps);
  });
});
