export { createChatModule, type ChatModule } from './chat-module.js';
export type {
  AccessOptions,
  AuthOptions,
  ChatModuleOptions,
  DatabaseOptions,
  HttpOptions,
  ImageOptions,
  LimitOptions,
  MessageOptions,
  RealtimeOptions,
} from './config/options.js';

export type { Actor, PersonRef, PersonType } from './auth/actor.js';
export { actorById, actorByLogin } from './auth/actor-mappings.js';
export type { ActorFromClaims, ActorLookup, Algorithm, Claims, Issuer } from './auth/issuer.js';
export { cognito, type CognitoOptions, type CognitoTokenUse } from './auth/issuers/cognito.js';
export { django, type DjangoOptions } from './auth/issuers/django.js';
export { oidc, type OidcOptions } from './auth/issuers/oidc.js';
export type { JwksOptions } from './auth/keys/jwks-options.js';
export type { VerifiedToken } from './auth/token-verifier.js';
export { verifyToken, type VerifyTokenOptions } from './auth/verify-token.js';

export type {
  Assignment,
  Directory,
  DirectoryContext,
  DirectorySource,
  LoginMatch,
  Person,
} from './directory/directory.js';
export {
  sqlDirectory,
  type CustomersTable,
  type PeopleTable,
  type SqlDirectoryOptions,
} from './directory/sql-directory.js';

export type {
  Chat,
  ChatList,
  ChatListInput,
  ChatMembers,
  ChatStatus,
  ChatSummary,
  StartChatInput,
} from './chats/chat.js';
export type {
  MarkReadInput,
  Message,
  MessagePage,
  PageInput,
  ReadReceipt,
  SendMessageInput,
} from './messages/message.js';
export type { PresenceChange } from './presence/presence-change.js';
export type { DomainEventName, DomainEvents, DomainListener } from './domain-events.js';
export type { HostDoor, HostMessage } from './doors/host-door.js';
export type { Ack, ClientToServerEvents, NewMessage, ServerToClientEvents } from './wire.js';

export type { MessageImage } from './images/image.js';
export type { ImageStore, StoredObject, UploadTarget } from './images/image-store.js';
export { diskImageStore, type DiskImageStoreOptions } from './images/stores/disk/disk-image-store.js';
export { s3ImageStore, type S3ImageStoreOptions } from './images/stores/s3/s3-image-store.js';

export type { Call, HookContext, HookPoint, HookPoints, Hooks } from './plugins/hooks.js';
export {
  definePlugin,
  type Migration,
  type Plugin,
  type PluginContext,
  type PluginServices,
} from './plugins/plugin.js';
export type { AnswerDeclaration, AnswerDeclarations, AnswerOf, RouteResponse } from './plugins/answer.js';
export {
  defineRoute,
  type RouteBody,
  type RouteDeclaration,
  type RouteMethod,
  type RouteRequest,
} from './plugins/route.js';
export { defineEvent, type EventDeclaration, type EventRequest, type EventSource } from './plugins/socket-event.js';

export { rateLimit, type RateLimitOptions } from './plugins/rate-limit/rate-limit.js';

export {
  ChatError,
  chatError,
  ChatSetupError,
  errorCatalogue,
  type ChatErrorCode,
  type ChatErrorDetails,
  type ChatErrorOptions,
  type PublicError,
} from './errors.js';
export type { LogFields, Logger } from './logger.js';
