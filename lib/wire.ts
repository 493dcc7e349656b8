import type { PersonRef, PersonType } from './auth/actor.js';
import type { ChatErrorCode } from './errors.js';

/*
 * What travels between the service and its clients: the JSON of the REST API and of the socket events, with the names of
 * the API document (`sessionId` is a chat's id in socket payloads). The server's doors and the client are both typed by
 * it. Types alone, of nothing but words, so that a browser's build may read it.
 */
export type { ChatErrorCode, PersonRef, PersonType };

export type ChatStatus = 'active' | 'closed';

/** Somebody in a chat. */
export interface Participant {
  readonly id: number;
  /** Empty for a person whom the platform does not know any more. */
  readonly name: string;
}

/** A row of `GET /api/chats`. */
export interface ChatSummary {
  readonly id: number;
  readonly customer: Participant;
  readonly dentist: Participant;
  readonly lastMessage: LastMessage | null;
  /** The other participant's messages that have no `readAt`. */
  readonly unreadCount: number;
  /** The time of the last message, or of the start. ISO 8601 UTC, as all dates. */
  readonly updatedAt: string;
}

export interface LastMessage {
  /** Empty when the message is pictures alone. */
  readonly content: string;
  readonly createdAt: string;
  readonly senderType: PersonType;
}

/** `GET /api/chats/:chatId`. */
export interface ChatDetails {
  readonly id: number;
  readonly customer: Participant & { readonly email: string | null };
  readonly dentist: Participant & { readonly email: string | null };
  readonly status: ChatStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A chat as `POST /api/chats/start` answers it. */
export interface StartedChat {
  readonly id: number;
  readonly customer: Participant;
  readonly dentist: Participant;
  readonly status: ChatStatus;
  readonly createdAt: string;
}

/** What all forms of a message have in common. */
interface ShownMessage {
  /** Ascending in the order of commits within a chat. */
  readonly id: number;
  readonly senderType: PersonType;
  readonly senderId: number;
  /** Empty when the message is pictures alone. */
  readonly content: string;
  /** Signed URLs that expire. */
  readonly imageUrls: readonly string[];
  /** The same pictures with what is needed to lay them out; not there in a message without any. */
  readonly images?: readonly MessageImage[];
  readonly createdAt: string;
  /** What the sender's client called it before it had an id. */
  readonly clientMessageId?: string;
}

/** A message as it is acknowledged to its sender: `POST /api/chats/:chatId/messages`. */
export interface SentMessage extends ShownMessage {
  readonly isRead: boolean;
}

/** A message of a page: `GET /api/chats/:chatId/messages`. */
export interface Message extends SentMessage {
  readonly readAt: string | null;
}

/** A message as `message:new` brings it: being new, it carries no read state. */
export interface NewMessage extends ShownMessage {
  readonly sessionId: number;
}

export interface MessageImage {
  readonly id: number;
  /** A signed URL that expires; `GET /api/chats/:chatId/images/:id` leads to a fresh one. */
  readonly url: string;
  /** The same picture, small. */
  readonly thumbnailUrl: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** `image/jpeg` or `image/webp`. */
  readonly contentType: string;
  readonly bytes: number;
  /** A ThumbHash in base64: a blur to show while the picture loads. */
  readonly placeholder: string;
}

export interface MessagePage {
  /** Ascending by id. */
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
  /** The `before` (or `after`) of the next page; null when there is no more. */
  readonly nextCursor: string | null;
}

/** An error, the same over REST (`{ "error": ... }`) and in an ack. */
export interface WireError {
  readonly code: ChatErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** On sockets a chat is called a session. */
interface InSession {
  readonly sessionId: number;
}

interface UserInSession extends InSession {
  readonly userId: number;
  readonly userType: PersonType;
}

export interface ConnectedEvent {
  readonly userId: number;
  readonly userType: PersonType;
  /** The ids of all the user's chats. */
  readonly sessions: readonly number[];
  /** Those of them whose other participant is online now. */
  readonly online: readonly number[];
}

export interface ReadReceiptEvent extends InSession {
  /** The newest of `messageIds`. */
  readonly messageId: number;
  readonly messageIds: readonly number[];
  readonly readAt: string;
}

/** What the server says without being asked: for `Socket<ServerToClientEvents, ClientToServerEvents>`. */
export interface ServerToClientEvents {
  /** Joined to all chats: from here on everything new comes by itself. */
  connected: (event: ConnectedEvent) => void;
  /** Comes to every device of both participants, the sender's own included. */
  'message:new': (message: NewMessage) => void;
  'message:read_receipt': (event: ReadReceiptEvent) => void;
  'typing:indicator': (event: UserInSession & { readonly isTyping: boolean }) => void;
  'user:online': (event: UserInSession) => void;
  'user:offline': (event: UserInSession) => void;
  'chat:new': (chat: InSession & StartedChat) => void;
  'chat:updated': (event: InSession & { readonly status: ChatStatus }) => void;
  /** The refusal of an event that was sent without an ack. */
  'chat:error': (event: { readonly event: string; readonly error: WireError }) => void;
  /** A minute before the token ends: answer with `auth:refresh`, or be disconnected. */
  'auth:expiring': (event: { readonly expiresAt: string }) => void;
}

/** The answer to an event: `{ ok: true, ...result }`, or the refusal with the codes of REST. */
export type Answer<Result = object> =
  ({ readonly ok: true } & Result) | { readonly ok: false; readonly error: WireError };

/** What a client gives along to be answered. */
export type Ack<Result = object> = (answer: Answer<Result>) => void;

/** What a client says. Every event takes an ack, and none needs one. */
export interface ClientToServerEvents {
  'message:send': (
    message: InSession & {
      readonly content?: string;
      /** Keys of uploaded images. */
      readonly imageUrls?: readonly string[];
      /** Makes a retry safe: the same id gives the first message again. */
      readonly clientMessageId?: string;
    },
    ack?: Ack<{ readonly message: NewMessage & { readonly isRead: boolean } }>,
  ) => void;
  'message:read': (
    message: InSession & { readonly messageId: number },
    ack?: Ack<{ readonly messageId: number; readonly readAt: string }>,
  ) => void;
  /** Everything, or everything up to a message. */
  'chat:read': (
    chat: InSession & { readonly upTo?: number },
    ack?: Ack<{
      readonly messageId: number | null;
      readonly messageIds: readonly number[];
      readonly readAt: string | null;
    }>,
  ) => void;
  'typing:start': (chat: InSession, ack?: Ack) => void;
  'typing:stop': (chat: InSession, ack?: Ack) => void;
  'auth:refresh': (auth: { readonly token: string }, ack?: Ack<{ readonly expiresAt: string }>) => void;
}
