import { applyReceipt, mergeMessages } from './message-order.js';
import type { ClientSnapshot, Conversation, OutgoingMessage } from './snapshot.js';
import type { ChatDetails, Message, MessagePage } from '../wire.js';

/** A conversation that is open and not loaded yet. */
export function emptyConversation(chatId: number): Conversation {
  return {
    chatId,
    phase: 'loading',
    details: null,
    messages: [],
    hasOlder: false,
    older: 'idle',
    firstUnreadId: null,
    deliveredUpTo: 0,
  };
}

/** Changes one conversation; a snapshot in which it is not open stays as it is. */
export function changeConversation(
  snapshot: ClientSnapshot,
  chatId: number,
  change: (conversation: Conversation) => Conversation,
): ClientSnapshot {
  const before = snapshot.conversations.get(chatId);
  const after = before === undefined ? undefined : change(before);
  if (after === undefined || after === before) return snapshot;
  return { ...snapshot, conversations: new Map(snapshot.conversations).set(chatId, after) };
}

/** The newest page: what the conversation is seen with first. */
export function begin(
  snapshot: ClientSnapshot,
  chatId: number,
  details: ChatDetails,
  page: MessagePage,
): ClientSnapshot {
  const isUnread = ({ senderType, isRead }: Message): boolean => senderType !== snapshot.me?.type && !isRead;
  const begun = changeConversation(snapshot, chatId, (conversation) => ({
    ...conversation,
    phase: 'ready',
    details,
    messages: page.messages,
    hasOlder: page.hasMore,
    firstUnreadId: page.messages.find(isUnread)?.id ?? null,
  }));
  return arrive(begun, chatId, page.messages);
}

/** Messages take their place, and what the outbox held of them leaves it, in one step. */
export function arrive(snapshot: ClientSnapshot, chatId: number, incoming: readonly Message[]): ClientSnapshot {
  const arrived = changeConversation(snapshot, chatId, (conversation) => {
    // A retry is answered with the first message, which can be older than what is loaded: it has its place up there.
    const oldest = conversation.hasOlder ? (conversation.messages[0]?.id ?? 0) : 0;
    const inReach = incoming.filter(({ id }) => id >= oldest);
    const messages = mergeMessages(conversation.messages, inReach);
    return noteDelivery(snapshot, messages === conversation.messages ? conversation : { ...conversation, messages });
  });
  return settle(arrived, chatId, incoming);
}

/** Takes out of the outbox what has arrived. */
export function settle(snapshot: ClientSnapshot, chatId: number, incoming: readonly Message[]): ClientSnapshot {
  const { outbox, me } = snapshot;
  const arrived = new Set(
    incoming.filter(({ senderType }) => senderType === me?.type).map(({ clientMessageId }) => clientMessageId),
  );
  const isThere = (entry: OutgoingMessage): boolean => entry.chatId === chatId && arrived.has(entry.clientMessageId);
  return outbox.some(isThere) ? { ...snapshot, outbox: outbox.filter((entry) => !isThere(entry)) } : snapshot;
}

/** The chat as it is now: closed or opened meanwhile, perhaps. */
export function noteDetails(snapshot: ClientSnapshot, details: ChatDetails): ClientSnapshot {
  return changeConversation(snapshot, details.id, (conversation) =>
    conversation.details?.status === details.status ? conversation : { ...conversation, details },
  );
}

/** The page before the oldest message. */
export function prepend(snapshot: ClientSnapshot, chatId: number, page: MessagePage): ClientSnapshot {
  return changeConversation(snapshot, chatId, (conversation) => ({
    ...conversation,
    older: 'idle',
    hasOlder: page.hasMore,
    messages: mergeMessages(conversation.messages, page.messages),
  }));
}

export function markRead(
  snapshot: ClientSnapshot,
  chatId: number,
  messageIds: readonly number[],
  readAt: string,
): ClientSnapshot {
  return changeConversation(snapshot, chatId, (conversation) => {
    const messages = applyReceipt(conversation.messages, { messageIds, readAt });
    return messages === conversation.messages ? conversation : { ...conversation, messages };
  });
}

/** The other's messages after an id that we have not read. */
export function countUnreadAfter(snapshot: ClientSnapshot, chatId: number, id: number): number {
  const messages = snapshot.conversations.get(chatId)?.messages ?? [];
  return messages.filter((message) => message.id > id && !message.isRead && message.senderType !== snapshot.me?.type)
    .length;
}

/**
 * The service tells what was read, not what was received. But whoever is online is sent every message at once, and
 * whoever writes is online and has caught up: both tell that what came before has reached them. As surely as presence
 * goes: whose line has just broken counts as online for some seconds more, and has the message when it is mended.
 */
export function noteDelivery(snapshot: ClientSnapshot, conversation: Conversation): Conversation {
  const { chatId, messages } = conversation;
  const last = snapshot.online.has(chatId)
    ? messages.at(-1)
    : messages.findLast(({ senderType }) => senderType !== snapshot.me?.type);
  const deliveredUpTo = Math.max(conversation.deliveredUpTo, last?.id ?? 0);
  return deliveredUpTo === conversation.deliveredUpTo ? conversation : { ...conversation, deliveredUpTo };
}
