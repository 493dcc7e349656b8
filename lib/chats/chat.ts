import type { PersonRef } from '../auth/actor.js';
import type { Person } from '../directory/directory.js';

export type ChatStatus = 'active' | 'closed';

/** A chat between one customer and one dentist. The pair never changes. */
export interface Chat {
  readonly id: number;
  /** An empty name stands for a person whom the directory does not know any more. */
  readonly customer: Pick<Person, 'id' | 'name' | 'email'>;
  readonly dentist: Pick<Person, 'id' | 'name' | 'email'>;
  readonly status: ChatStatus;
  /** ISO 8601 UTC, as all dates. */
  readonly createdAt: string;
  /** The time of the last message, or of the start in an empty chat. */
  readonly updatedAt: string;
}

/** A row of somebody's list of chats. */
export interface ChatSummary {
  readonly id: number;
  readonly customer: Pick<Person, 'id' | 'name'>;
  readonly dentist: Pick<Person, 'id' | 'name'>;
  readonly lastMessage: { content: string; createdAt: string; senderType: 'customer' | 'dentist' } | null;
  /** The other party's messages without `readAt`, counted when asked. */
  readonly unreadCount: number;
  readonly updatedAt: string;
}

export interface ChatListInput {
  /** 1 to 500; without it and `before` all chats come at once. */
  readonly limit?: number;
  /** A `nextCursor` of an earlier page. */
  readonly before?: string;
}

export interface ChatList {
  readonly chats: readonly ChatSummary[];
  /** Both only when the list was asked for in pages. */
  readonly hasMore?: boolean;
  readonly nextCursor?: string | null;
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

export function isMember(members: ChatMembers, person: PersonRef): boolean {
  return (person.type === 'customer' ? members.customerId : members.dentistId) === person.id;
}

/** The person on the other side of a chat. */
export function otherMember(members: ChatMembers, person: PersonRef): PersonRef {
  return person.type === 'customer'
    ? { type: 'dentist', id: members.dentistId }
    : { type: 'customer', id: members.customerId };
}
