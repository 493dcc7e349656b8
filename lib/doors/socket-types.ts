import type { Server, Socket } from 'socket.io';
import type { PersonRef, PersonType } from '../auth/actor.js';
import type { presentStartedChat } from '../chats/chat-routes.js';
import type { ChatMembers, ChatStatus } from '../chats/chat.js';
import type { PublicError } from '../errors.js';
import type { presentNew } from '../messages/present-message.js';

/** On sockets a chat is called a session. */
interface InSession {
  sessionId: number;
}

interface UserInSession extends InSession {
  userId: number;
  userType: PersonType;
}

export type NewMessage = ReturnType<typeof presentNew>;

/** An ack: `{ ok: true, ...result }`, or the refusal with the same codes as REST. */
export type Ack<Result = object> = (answer: ({ ok: true } & Result) | { ok: false; error: PublicError }) => void;

export interface ServerToClientEvents {
  connected: (data: { userId: number; userType: PersonType; sessions: number[]; online: number[] }) => void;
  'message:new': (message: NewMessage) => void;
  'message:read_receipt': (data: InSession & { messageId: number; messageIds: number[]; readAt: string }) => void;
  'typing:indicator': (data: UserInSession & { isTyping: boolean }) => void;
  'user:online': (data: UserInSession) => void;
  'user:offline': (data: UserInSession) => void;
  'chat:new': (chat: InSession & ReturnType<typeof presentStartedChat>) => void;
  'chat:updated': (data: InSession & { status: ChatStatus }) => void;
  'chat:error': (data: { event: string; error: PublicError }) => void;
  'auth:expiring': (data: { expiresAt: string }) => void;
}

export interface ClientToServerEvents {
  'message:send': (
    data: InSession & { content?: string; imageUrls?: string[]; clientMessageId?: string },
    ack?: Ack<{ message: NewMessage & { isRead: boolean } }>,
  ) => void;
  'message:read': (data: InSession & { messageId: number }, ack?: Ack<{ messageId: number; readAt: string }>) => void;
  'chat:read': (
    data: InSession & { upTo?: number },
    ack?: Ack<{ messageId: number | null; messageIds: number[]; readAt: string | null }>,
  ) => void;
  'typing:start': (data: InSession, ack?: Ack) => void;
  'typing:stop': (data: InSession, ack?: Ack) => void;
  'auth:refresh': (data: { token: string }, ack?: Ack<{ expiresAt: string }>) => void;
}

/** What a socket carries; replaced whole by the handshake. */
export interface SocketData {
  actor: PersonRef;
  /** The token's end, in seconds since 1970. */
  expiresAt: number;
}

type NoEvents = Record<never, never>;
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** Every socket of a person. */
export function roomOf({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

/** A chat's room is the rooms of its two members: who is in a chat never changes. */
export function roomsOf({ customerId, dentistId }: ChatMembers): string[] {
  return [roomOf({ type: 'customer', id: customerId }), roomOf({ type: 'dentist', id: dentistId })];
}
