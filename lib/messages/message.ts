import type { PersonType } from '../auth/actor.js';
import type { MessageImage } from '../images/image.js';

export interface Message {
  /** Ascending in commit order within a chat. */
  readonly id: number;
  readonly chatId: number;
  readonly senderType: PersonType;
  readonly senderId: number;
  /** Empty in a message of images alone. */
  readonly content: string;
  /** In the order of sending; each with signed GET URLs that expire. */
  readonly images: readonly MessageImage[];
  readonly createdAt: string;
  readonly isRead: boolean;
  readonly readAt: string | null;
  readonly clientMessageId?: string;
}

export interface SendMessageInput {
  readonly chatId: number;
  readonly content: string;
  /** Keys of pre-uploaded images of this chat and this sender. */
  readonly imageKeys: readonly string[];
  /** Makes a retry safe: the same sender, chat and id give the first message again. */
  readonly clientMessageId?: string;
}

export interface PageInput {
  readonly chatId: number;
  /** 1 to 100, default 50. */
  readonly limit?: number;
  /** Strictly older than this message id; not together with `after`. */
  readonly before?: number;
  /** Strictly newer than this message id. */
  readonly after?: number;
}

export interface MessagePage {
  /** Ascending by id. */
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
  /** What to pass on as `before` (or `after`), or null when there is no more. */
  readonly nextCursor: string | null;
}

/** One message (`messageId`), or everything up to a message (`upTo`), or everything. */
export type MarkReadInput =
  { readonly chatId: number; readonly messageId: number } | { readonly chatId: number; readonly upTo?: number };

export interface ReadReceipt {
  readonly chatId: number;
  /** The newest message that was marked; null when there was nothing to mark. */
  readonly messageId: number | null;
  /** All that were marked by this call, ascending. */
  readonly messageIds: readonly number[];
  readonly readAt: string | null;
}
