import type { z } from 'zod';
import type { PersonRef } from '../auth/actor.js';
import type { chatDetails, chatList, chatStatus } from './chat-output.js';

export type ChatStatus = z.output<typeof chatStatus>;

/** A chat between one customer and one dentist. The pair never changes. */
export type Chat = Readonly<z.output<typeof chatDetails>>;

/** Chats as a list shows them; `hasMore` and `nextCursor` only when it was asked for in pages. */
export type ChatList = Readonly<z.output<typeof chatList>>;

/** A row of somebody's list of chats. */
export type ChatSummary = Readonly<ChatList['chats'][number]>;

export interface ChatListInput {
  /** 1 to 500; without it and `before` all chats come at once. */
  readonly limit?: number;
  /** A `nextCursor` of an earlier page. */
  readonly before?: string;
}

export interface StartChatInput {
  readonly customerId: number;
  readonly dentistId: number;
}

/** Who is in a chat, by ids. */
export interface ChatMembers {
  readonly chatId: number;
  readonly customerId: number;
  readonly dentistId: number;
}

/** The members of a chat from two people, of whichever side each is. */
export function chatMembers(chatId: number, one: PersonRef, other: PersonRef): ChatMembers {
  return one.type === 'customer'
    ? { chatId, customerId: one.id, dentistId: other.id }
    : { chatId, customerId: other.id, dentistId: one.id };
}

export function isMember(members: ChatMembers, person: PersonRef): boolean {
  return (person.type === 'customer' ? members.customerId : members.dentistId) === person.id;
}

/** The person on the other side of a chat. */
export function otherMember(members: ChatMembers, person: PersonRef): PersonRef {
  return person.type === 'customer'
    ? { type: 'dentist', id: members.dentistId }
    : { type: 'customer', id: members.customerId };
}
