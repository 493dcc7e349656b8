import type { ChatErrorCode, PersonRef } from '../../lib/index.js';

/** What is asked for: a message of text. */
export interface Request {
  readonly chatId: number;
  readonly sender: PersonRef;
  readonly content: string;
  readonly clientMessageId: string | undefined;
}

/** Refused, or the message at this place of its chat, new or from before. */
export type Expected = { readonly code: ChatErrorCode } | { readonly place: number; readonly isNew: boolean };

export interface ModelChat {
  readonly members: readonly PersonRef[];
  status: 'active' | 'closed';
  readonly messages: Request[];
}

/** The rules of sending, one message at a time and nothing else: what any amount of batching must come down to. */
export function sendPlainly(chats: ReadonlyMap<number, ModelChat>, request: Request): Expected {
  const chat = chats.get(request.chatId);
  if (request.content.length > 10_000) return { code: 'message_too_long' };
  if (request.content.trim() === '') return { code: 'message_empty' };
  if (chat === undefined) return { code: 'chat_not_found' };
  if (!chat.members.some((member) => isSame(member, request.sender))) return { code: 'not_participant' };

  const place = chat.messages.findIndex(
    ({ sender, clientMessageId }) =>
      clientMessageId !== undefined && clientMessageId === request.clientMessageId && isSame(sender, request.sender),
  );
  const earlier = chat.messages[place];
  if (earlier !== undefined) {
    return earlier.content === request.content ? { place, isNew: false } : { code: 'idempotency_conflict' };
  }
  if (chat.status === 'closed') return { code: 'chat_closed' };
  chat.messages.push(request);
  return { place: chat.messages.length - 1, isNew: true };
}

function isSame(one: PersonRef, other: PersonRef): boolean {
  return one.type === other.type && one.id === other.id;
}
