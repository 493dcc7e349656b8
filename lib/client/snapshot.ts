import type { ChatDetails, ChatSummary, Message, PersonRef } from '../wire.js';

/** Everything a chat page shows, as one immutable value: a part that did not change is the same object as before. */
export interface ClientSnapshot {
  readonly connection: Connection;
  /** Who the token says we are; null until the first connection. */
  readonly me: PersonRef | null;
  readonly chatList: ChatListState;
  /** The chats that are open in this client, by id. */
  readonly conversations: ReadonlyMap<number, Conversation>;
  /** What was written and has not arrived yet, in the order of writing. */
  readonly outbox: readonly OutgoingMessage[];
  /** The chats whose other participant is online. */
  readonly online: ReadonlySet<number>;
  /** The chats whose other participant is typing. */
  readonly typing: ReadonlySet<number>;
}

export interface Connection {
  /**
   * `offline`: not wanted, by `disconnect()` or before `connect()`. `connecting`: wanted, and tried again and again.
   * `refused`: trying again would not help, so it is not tried; `connect()` does.
   */
  readonly status: 'offline' | 'connecting' | 'online' | 'refused';
  /** While connecting or refused: why the service refused the last attempt, if it was there to refuse it. */
  readonly code?: string;
}

export interface ChatListState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** The most recent activity first. */
  readonly chats: readonly ChatSummary[];
}

export interface Conversation {
  readonly chatId: number;
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Null until it has been loaded. */
  readonly details: ChatDetails | null;
  /** Ascending by id, each once, nothing missing in between. */
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly older: 'idle' | 'loading' | 'failed';
  /** The first message that was unread when the conversation was opened, or null. */
  readonly firstUnreadId: number | null;
  /** Our messages up to this id have reached a device of the other participant. */
  readonly deliveredUpTo: number;
}

export interface OutgoingMessage {
  /** What it goes by, here and, once it has arrived, in `Message.clientMessageId`. */
  readonly clientMessageId: string;
  readonly chatId: number;
  readonly content: string;
  /** Kept by this page alone: pictures do not fit into the storage that the text survives a reload in. */
  readonly images: readonly Blob[];
  /** By this device's clock, which may be wrong: for showing, not for ordering. */
  readonly queuedAt: string;
  /** `waiting` goes out by itself; `failed` waits for `retry` or `discard`. */
  readonly status: 'waiting' | 'sending' | 'failed';
  /** How much of the pictures has gone out, from 0 to 1, where the platform tells. */
  readonly progress: number;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export const emptySnapshot: ClientSnapshot = {
  connection: { status: 'offline' },
  me: null,
  chatList: { phase: 'loading', chats: [] },
  conversations: new Map(),
  outbox: [],
  online: new Set(),
  typing: new Set(),
};
