import type { ChatSummary, Message, Participant, PersonType, StartedChat } from '../wire.js';

/** The person on the other side of a chat. */
export function otherParticipant(
  chat: { readonly customer: Participant; readonly dentist: Participant },
  me: PersonType,
): Participant {
  return me === 'customer' ? chat.dentist : chat.customer;
}

/** The most recent activity first, as the service lists them. */
export function orderChats(chats: readonly ChatSummary[]): readonly ChatSummary[] {
  return [...chats].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.id - a.id);
}

/** An answer of the service, but the rows that have changed since `before`, when it was asked, as they are now. */
export function keepChanged(
  before: readonly ChatSummary[],
  now: readonly ChatSummary[],
  answer: readonly ChatSummary[],
): readonly ChatSummary[] {
  const known = new Set(before);
  const changed = now.filter((chat) => !known.has(chat));
  const ids = new Set(changed.map(({ id }) => id));
  return [...changed, ...answer.filter(({ id }) => !ids.has(id))];
}

/** Adds a chat that was just started; one that is known already stays as it is. */
export function addChat(chats: readonly ChatSummary[], chat: StartedChat): readonly ChatSummary[] {
  if (chats.some(({ id }) => id === chat.id)) return chats;
  const { id, customer, dentist, createdAt } = chat;
  return orderChats([{ id, customer, dentist, lastMessage: null, unreadCount: 0, updatedAt: createdAt }, ...chats]);
}

/**
 * Shows a message in its chat's row. A message that the row shows already, or that is older, was counted by the
 * service when it made the row.
 */
export function noteMessage(
  chats: readonly ChatSummary[],
  chatId: number,
  message: Pick<Message, 'content' | 'createdAt' | 'senderType'>,
  me: PersonType,
): readonly ChatSummary[] {
  const { content, createdAt, senderType } = message;
  return changeChat(chats, chatId, (chat) =>
    chat.lastMessage !== null && chat.lastMessage.createdAt >= createdAt
      ? chat
      : {
          ...chat,
          lastMessage: { content, createdAt, senderType },
          unreadCount: senderType === me ? chat.unreadCount : chat.unreadCount + 1,
          updatedAt: createdAt,
        },
  );
}

export function setUnread(chats: readonly ChatSummary[], chatId: number, unreadCount: number): readonly ChatSummary[] {
  return changeChat(chats, chatId, (chat) => (chat.unreadCount === unreadCount ? chat : { ...chat, unreadCount }));
}

function changeChat(
  chats: readonly ChatSummary[],
  chatId: number,
  change: (chat: ChatSummary) => ChatSummary,
): readonly ChatSummary[] {
  const before = chats.find(({ id }) => id === chatId);
  if (before === undefined) return chats;
  const after = change(before);
  return after === before ? chats : orderChats(chats.map((chat) => (chat === before ? after : chat)));
}
