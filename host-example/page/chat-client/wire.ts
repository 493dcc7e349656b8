/**
 * What travels between the service and a client: the JSON of the REST API and of the socket events, as the API
 * document names it (`sessionId` is its name for a chat's id in socket payloads).
 */
export type PersonType = 'customer' | 'dentist';
export type ChatStatus = 'active' | 'closed';

/** Customer 1 and dentist 1 are two people. */
export interface PersonRef {
  readonly type: PersonType;
  readonly id: number;
}

export interface Participant {
  readonly id: number;
  /** Empty for a person whom the platform does not know any more. */
  readonly name: string;
  readonly email?: string | null;
}

/** A row of `GET /api/chats`. */
export interface ChatSummary {
  readonly id: number;
  readonly customer: Participant;
  readonly dentist: Participant;
  readonly lastMessage: LastMessage | null;
  readonly unreadCount: number;
  /** ISO 8601 UTC, as all dates. */
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
  readonly customer: Participant;
  readonly dentist: Participant;
  readonly status: ChatStatus;
  readonly createdAt: string;
}

export interface Message {
  /** Ascending in the order of sending within a chat. */
  readonly id: number;
  readonly senderType: PersonType;
  readonly senderId: number;
  readonly content: string;
  /** Signed URLs that expire. */
  readonly imageUrls: readonly string[];
  /** The same pictures with what is needed to lay them out; not there in a message without any. */
  readonly images?: readonly MessageImage[];
  readonly createdAt: string;
  readonly isRead: boolean;
  readonly readAt: string | null;
  /** What the sender's client called it before it had an id. */
  readonly clientMessageId?: string;
}

export interface MessageImage {
  readonly url: string;
  /** The same picture, small. */
  readonly thumbnailUrl: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** A ThumbHash in base64: a blur to show while the picture loads. */
  readonly placeholder: string;
}

/** As it is acknowledged to its sender. */
export type SentMessage = Omit<Message, 'readAt'>;

export interface MessagePage {
  /** Ascending by id. */
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What an acknowledged socket event is answered with. */
export type Ack<Result extends object> = ({ readonly ok: true } & Result) | { readonly ok: false; error: WireError };

export interface ConnectedEvent {
  readonly userId: number;
  readonly userType: PersonType;
  readonly sessions: readonly number[];
  /** The chats whose other participant is online now. */
  readonly online?: readonly number[];
}

/** A new message carries no read state, being new. */
export interface NewMessageEvent extends Omit<Message, 'isRead' | 'readAt'> {
  readonly sessionId: number;
}

export interface PresenceEvent {
  readonly sessionId: number;
  readonly userId: number;
  readonly userType: PersonType;
}

export interface TypingEvent extends PresenceEvent {
  readonly isTyping: boolean;
}

export interface ReadReceiptEvent {
  readonly sessionId: number;
  readonly messageId: number;
  /** There when one step marked several. */
  readonly messageIds?: readonly number[];
  readonly readAt: string;
}

export interface ChatStatusEvent {
  readonly sessionId: number;
  readonly status: ChatStatus;
}

/** What the server tells without being asked. */
export interface ServerEvents {
  connected: (event: ConnectedEvent) => void;
  'message:new': (event: NewMessageEvent) => void;
  'message:read_receipt': (event: ReadReceiptEvent) => void;
  'typing:indicator': (event: TypingEvent) => void;
  'user:online': (event: PresenceEvent) => void;
  'user:offline': (event: PresenceEvent) => void;
  'chat:new': (event: ChatDetails) => void;
  'chat:updated': (event: ChatStatusEvent) => void;
  'auth:expiring': () => void;
}

/** What this client asks for over the socket: the payload, and the result in the acknowledgement. */
export interface SocketCalls {
  'message:send': {
    payload: { sessionId: number; content: string; clientMessageId: string };
    result: { message: SentMessage };
  };
  'chat:read': {
    payload: { sessionId: number; upTo: number };
    result: { readAt: string | null; messageIds?: readonly number[] };
  };
  'typing:start': { payload: { sessionId: number }; result: object };
  'typing:stop': { payload: { sessionId: number }; result: object };
  'auth:refresh': { payload: { token: string }; result: object };
}

export type ClientEvents = {
  [E in keyof SocketCalls]: (
    payload: SocketCalls[E]['payload'],
    ack?: (answer: Ack<SocketCalls[E]['result']>) => void,
  ) => void;
};
