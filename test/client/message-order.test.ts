import { expect } from 'chai';
import { applyReceipt, mergeMessages } from '../../lib/client/message-order.js';
import type { Message } from '../../lib/wire.js';

describe('the order of messages in the chat client', () => {
  const message = (id: number, changes: Partial<Message> = {}): Message => ({
    ...{ id, senderType: 'customer', senderId: 1, content: `line ${id}`, imageUrls: [] },
    ...{ createdAt: '2026-11-22T10:00:00.000Z', isRead: false, readAt: null },
    ...changes,
  });
  const readAt = '2026-11-22T10:05:00.000Z';

  it('is that of their ids, each once, however they come', () => {
    const merged = [[5], [2, 3], [3], [1, 5, 4]].reduce<readonly Message[]>(
      (known, ids) =>
        mergeMessages(
          known,
          ids.map((id) => message(id)),
        ),
      [],
    );
    expect(merged.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('is the same list when nothing is new', () => {
    const known = [message(1), message(2, { isRead: true, readAt })];
    expect(mergeMessages(known, [message(1), message(2)])).to.equal(known);
    expect(applyReceipt(known, { messageIds: [2, 9], readAt })).to.equal(known);
  });

  it('never takes a reading back', () => {
    const known = applyReceipt([message(1)], { messageIds: [1], readAt });
    const [merged] = mergeMessages(known, [message(1, { imageUrls: ['/renewed'] })]);
    expect(merged).to.deep.include({ isRead: true, readAt, imageUrls: ['/renewed'] });
  });
});
