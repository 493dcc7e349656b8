export { createChatClient } from './chat-client.js';
export { otherParticipant } from './chat-order.js';
export type { ChatClient, ChatClientOptions } from './client-interface.js';
export { asRequestError, RequestError, type RequestErrorCode } from './request-error.js';
export type { ChatListState, ClientSnapshot, Connection, Conversation, OutgoingMessage } from './snapshot.js';
export { memoryStorage, webStorage, type OutboxStorage, type WebStorage } from './storage.js';
export type { ClientTiming } from './timing.js';
export type { GetToken } from './token-source.js';
export type {
  Ack,
  Answer,
  ChatDetails,
  ChatErrorCode,
  ChatStatus,
  ChatSummary,
  ClientToServerEvents,
  ConnectedEvent,
  LastMessage,
  Message,
  MessageImage,
  MessagePage,
  NewMessage,
  Participant,
  PersonRef,
  PersonType,
  ReadReceiptEvent,
  SentMessage,
  ServerToClientEvents,
  StartedChat,
  WireError,
} from '../wire.js';
