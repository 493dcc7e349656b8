export { createChatClient, type ChatClient, type ChatClientOptions } from './chat-client.js';
export { otherParticipant } from './chat-order.js';
export type { TextStorage } from './outbox-storage.js';
export { asRequestError, RequestError } from './request-error.js';
export type { ChatListState, ClientSnapshot, Connection, Conversation, OutgoingMessage } from './snapshot.js';
export type {
  Ack,
  Answer,
  ChatDetails,
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
