import { asFunction, asValue, createContainer, InjectionMode, type AwilixContainer } from 'awilix';
import type { Actor } from './auth/actor.js';
import { createTokenVerifier, type TokenVerifier } from './auth/token-verifier.js';
import { chatRoutes } from './chats/chat-routes.js';
import { createChatStatements, type ChatStatements } from './chats/chat-statements.js';
import { createAdmission, type Admission } from './chats/admission.js';
import { createChats, type Chats } from './chats/chats.js';
import { createLookAgain, type LookAgain } from './chats/look-again.js';
import { createMemberships, type Memberships } from './chats/memberships.js';
import type { ChatConfig } from './config/config.js';
import { loginFaults } from './config/login-faults.js';
import { contractRoutes } from './contracts/contract-routes.js';
import type { Database } from './database/database.js';
import { createMigrator, type Migrator } from './database/migrator.js';
import { openDatabase } from './database/open-database.js';
import { statement } from './database/statement.js';
import type { Directory } from './directory/directory.js';
import { createPeople, type People } from './directory/people.js';
import { createStanding, type Standing } from './directory/standing.js';
import type { DomainEventBus } from './domain-events.js';
import { healthRoute } from './doors/health-route.js';
import { createHttpDoor, type HttpDoor } from './doors/http-door.js';
import { createAddressLimits, type AddressLimits } from './doors/address-limits.js';
import { createLiveDoor, type LiveDoor } from './doors/live-door.js';
import { ChatSetupError } from './errors.js';
import { refresh } from './doors/socket-refresh.js';
import { createTurns, type Turns } from './doors/turns.js';
import { createImages } from './images/create-images.js';
import { imageRoutes } from './images/image-routes.js';
import { imagesOfMessage } from './images/images-of-message.js';
import type { Images } from './images/images.js';
import { createInFlight, type InFlight } from './in-flight.js';
import type { Logger } from './logger.js';
import { createMarkRead, type MarkRead } from './messages/mark-read.js';
import { messageEvents } from './messages/message-events.js';
import { messageSchemas, type MessageSchemas } from './messages/message-input.js';
import { messageRoutes } from './messages/message-routes.js';
import type { Messages } from './messages/messages.js';
import { createPageStatements, type PageStatements } from './messages/page-statements.js';
import { createReadMessages, type ReadMessages } from './messages/read-messages.js';
import { createRecentMessages, type RecentMessages } from './messages/recent-messages.js';
import { createReadStatements, type ReadStatements } from './messages/read-statements.js';
import { createSendMessage, type SendMessages } from './messages/send-message.js';
import { createSendQueue, type SendQueue } from './messages/send-queue.js';
import { createSendStatements, type SendStatements } from './messages/send-statements.js';
import { createUnsettledReads, type UnsettledReads } from './messages/unsettled-reads.js';
import { createHookRunner, type HookRunner } from './plugins/hook-runner.js';
import { createRegistrar, type Registrar } from './plugins/registrar.js';
import { createPresence, type Presence } from './presence/presence.js';
import { typingEvents } from './presence/typing-events.js';
import { createTyping, type Typing } from './presence/typing.js';
import { createClusterBus, type ClusterBus } from './realtime/cluster-bus.js';

/** Everything that one run of the module is made of, by name. A name that is not here does not resolve. */
export interface Cradle {
  config: ChatConfig;
  logger: Logger;
  domainEvents: DomainEventBus;
  inFlight: InFlight;
  database: Database;
  migrator: Migrator;
  hooks: HookRunner;
  directory: Directory;
  people: People;
  standing: Standing;
  tokenVerifier: TokenVerifier;
  chatStatements: ChatStatements;
  memberships: Memberships;
  admission: Admission;
  lookAgain: LookAgain;
  chats: Chats;
  images: Images;
  messageSchemas: MessageSchemas;
  sendStatements: SendStatements;
  pageStatements: PageStatements;
  readStatements: ReadStatements;
  sendQueue: SendQueue;
  readMessages: ReadMessages;
  recentMessages: RecentMessages;
  sendMessages: SendMessages;
  unsettledReads: UnsettledReads;
  markRead: MarkRead;
  messages: Messages;
  presence: Presence;
  typing: Typing;
  clusterBus: ClusterBus;
  registrar: Registrar;
  addressLimits: AddressLimits;
  turns: Turns;
  httpDoor: HttpDoor;
  socketDoor: LiveDoor;
}

/** Wires one run of the module. Nothing is opened before it is asked for; no I/O. */
export function createChatContainer(config: ChatConfig, domainEvents: DomainEventBus): AwilixContainer<Cradle> {
  const container = createContainer<Cradle>({ injectionMode: InjectionMode.PROXY, strict: true });
  container.register({
    config: asValue(config),
    logger: asValue(config.logger),
    domainEvents: asValue(domainEvents),
    inFlight: asFunction(createInFlight).singleton(),

    database: asFunction((c: Cradle) => openDatabase(c.config.database)).singleton(),
    migrator: asFunction((c: Cradle) => createMigrator(c.database, c.config.plugins, c.logger)).singleton(),
    hooks: asFunction((c: Cradle) => createHookRunner(c.config.plugins, c.logger)).singleton(),

    directory: asFunction(openDirectory).singleton(),
    people: asFunction(({ directory, logger, config: { directoryCacheSeconds: cacheSeconds, access } }: Cradle) =>
      // Half: who looks at the logins of those connected every `socketMaxAgeMs` then never finds an answer of before.
      createPeople({ directory, logger, cacheSeconds, loginMaxAgeMs: access.socketMaxAgeMs / 2 }),
    ).singleton(),
    standing: asFunction(({ directory, logger, config: { access } }: Cradle) =>
      createStanding({ directory, logger, ...access }),
    ).singleton(),
    tokenVerifier: asFunction(openTokenVerifier).singleton(),

    chatStatements: asFunction((c: Cradle) => createChatStatements(c.database)).singleton(),
    memberships: asFunction((c: Cradle) => createMemberships(c.database, c.chatStatements, c.standing)).singleton(),
    admission: asFunction((c: Cradle) => createAdmission(c.standing, c.memberships)).singleton(),
    lookAgain: asFunction((c: Cradle) => createLookAgain(c.logger)).singleton(),
    chats: asFunction(createChats).singleton(),

    images: asFunction(openImages).singleton(),

    messageSchemas: asFunction(({ config: { messages, images } }: Cradle) =>
      messageSchemas({ maxLength: messages.maxLength, maxImages: images.maxPerMessage }),
    ).singleton(),
    sendStatements: asFunction((c: Cradle) => createSendStatements(c.database)).singleton(),
    pageStatements: asFunction((c: Cradle) =>
      createPageStatements(c.database, (alias) => imagesOfMessage(c.database, alias)),
    ).singleton(),
    readStatements: asFunction((c: Cradle) => createReadStatements(c.database)).singleton(),
    sendQueue: asFunction((c: Cradle) =>
      createSendQueue(c.database, c.sendStatements, c.config.database.poolSize, (chatId) =>
        c.domainEvents.emit('message:unsettled', { chatId }),
      ),
    ).singleton(),
    readMessages: asFunction(createReadMessages).singleton(),
    recentMessages: asFunction(createRecentMessages).singleton(),
    sendMessages: asFunction(createSendMessage).singleton(),
    unsettledReads: asFunction(createUnsettledReads).singleton(),
    markRead: asFunction(createMarkRead).singleton(),
    messages: asFunction((c: Cradle) => ({
      ...c.sendMessages,
      page: c.readMessages.page,
      markRead: c.markRead,
      requireParticipant: (actor: Actor, chatId: number) => c.memberships.require(actor, chatId, 'not_participant'),
    })).singleton(),

    presence: asFunction((c: Cradle) => createPresence({ ...pick(c), config: c.config.realtime })).singleton(),
    typing: asFunction((c: Cradle) =>
      createTyping(c.memberships, c.domainEvents, c.config.realtime.typingTimeoutMs),
    ).singleton(),

    clusterBus: asFunction((c: Cradle) => createClusterBus(c.database, c.logger)).singleton(),
    registrar: asFunction(openRegistrar).singleton(),
    addressLimits: asFunction((c: Cradle) => createAddressLimits(c.config.limits)).singleton(),
    turns: asFunction((c: Cradle) => createTurns(c.config.limits.callsAtOnce)).singleton(),
    httpDoor: asFunction(createHttpDoor).singleton(),
    socketDoor: asFunction(createLiveDoor).singleton(),
  });
  return container;
}

function pick({ database, memberships, hooks, domainEvents, logger }: Cradle) {
  return { database, memberships, hooks, domainEvents, logger };
}

function openDirectory({ config: { auth, directory: source }, database }: Cradle): Directory {
  const query = async (sql: string, params: readonly unknown[]) =>
    database.query(statement<Record<string, unknown>>(sql), params);
  const directory = typeof source === 'function' ? source({ query }) : source;
  const faults = loginFaults(auth.issuers, directory);
  if (faults.length > 0) throw new ChatSetupError('The directory does not fit the issuers', faults);
  return directory;
}

function openTokenVerifier({ config, people, logger }: Cradle): TokenVerifier {
  const { issuers, tokenCacheSize } = config.auth;
  return createTokenVerifier({ issuers, lookup: people, cacheSize: tokenCacheSize, logger });
}

function openImages({ config, database, memberships, logger }: Cradle): Images {
  return createImages({
    database,
    config: config.images,
    logger,
    requireMember: async (actor, chatId) => memberships.requireSender(actor, chatId),
    requireReader: (actor, chatId) => memberships.require(actor, chatId),
  });
}

/** Rooms first, then the store's own routes, then plugins in their order. */
function openRegistrar(c: Cradle): Registrar {
  const registrar = createRegistrar();
  const { healthPath, contractsPath, basePath } = c.config.http;
  registrar.register('koa-chat-module', {
    routes: [
      ...(healthPath === false ? [] : [healthRoute(c.database, c.inFlight, healthPath)]),
      ...chatRoutes(c.chats),
      ...messageRoutes(c.messages, c.messageSchemas),
      ...imageRoutes(c.images),
      ...(contractsPath === false
        ? []
        : contractRoutes({ registrar, basePath, contractsPath, socketPath: c.config.realtime.path })),
    ],
    events: [...messageEvents(c.messages, c.messageSchemas), ...typingEvents(c.typing), refresh],
  });
  registrar.register('images.store', { routes: c.config.images.store?.routes ?? [] });
  for (const { name, routes = [], events = [] } of c.config.plugins)
    registrar.register(`"${name}"`, { routes, events });
  return registrar;
}
