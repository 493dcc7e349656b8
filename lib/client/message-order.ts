import type { Message, ReadReceiptEvent } from '../wire.js';

/**
 * Adds messages to an ascending list: each id once, in id order, whatever order and however often they arrive.
 * Returns the same list when nothing changed.
 */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (incoming.length === 0) return known;
  const byId = new Map(known.map((message) => [message.id, message]));
  let changed = false;
  for (const message of incoming) {
    const before = byId.get(message.id);
    const after = before === undefined ? message : newer(before, message);
    if (after === before) continue;
    byId.set(message.id, after);
    changed = true;
  }
  if (!changed) return known;
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** Marks what a receipt names as read. Returns the same list when nothing changed. */
export function applyReceipt(
  messages: readonly Message[],
  receipt: Pick<ReadReceiptEvent, 'messageIds' | 'readAt'>,
): readonly Message[] {
  const read = new Set(receipt.messageIds);
  if (!messages.some((message) => !message.isRead && read.has(message.id))) return messages;
  return messages.map((message) =>
    !message.isRead && read.has(message.id) ? { ...message, isRead: true, readAt: receipt.readAt } : message,
  );
}

/**
 * Two tellings of one message. A live event knows nothing of reading and a page may have left the server before a
 * receipt did, so read stays read; the later picture URLs live longer.
 */
function newer(before: Message, after: Message): Message {
  const isRead = before.isRead || after.isRead;
  const sameUrls =
    before.imageUrls.length === after.imageUrls.length &&
    before.imageUrls.every((url, index) => url === after.imageUrls[index]);
  if (sameUrls && isRead === before.isRead) return before;
  return { ...after, isRead, readAt: before.readAt ?? after.readAt };
}
