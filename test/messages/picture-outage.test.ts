import { expect } from 'chai';
import { chatError } from '../../lib/errors.js';
import { createSendMessage } from '../../lib/messages/send-message.js';

const actor = { type: 'customer', id: 1 } as const;
const file = { source: { buffer: Buffer.from('picture') }, bytes: 7, digest: 'digest' };

describe('a picture whose message cannot be written', () => {
  for (const [code, waits] of [
    ['database_unavailable', false],
    ['chat_closed', true],
  ] as const) {
    it(`is discarded ${waits ? 'before' : 'behind'} the answer after ${code}`, async () => {
      const steps: string[] = [];
      const { send } = createSendMessage({
        database: { transaction: () => Promise.reject(chatError(code)) },
        memberships: { requireSender: () => ({}) },
        images: {
          storeUploads: () => Promise.resolve({ keys: ['uploads/1'], digests: ['digest'] }),
          discard: async (keys: string[]) => {
            await new Promise(setImmediate);
            steps.push(`discarded ${keys.join()}`);
          },
        },
        hooks: { hooks: () => false },
        domainEvents: { emit: () => undefined },
      } as never);
      await send(actor, { chatId: 1, content: '', imageKeys: [] }, [file]).catch(() => steps.push('answered'));
      await new Promise(setImmediate);
      const inOrder = ['discarded uploads/1', 'answered'];
      expect(steps).to.deep.equal(waits ? inOrder : inOrder.reverse());
    });
  }
});
