import { createServer, type IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Server, type DisconnectReason, type ServerOptions } from 'socket.io';
import type { PersonRef } from '../auth/actor.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import type { LimitConfig, RealtimeConfig } from '../config/config.js';
import { chatError, type ChatError } from '../errors.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Registrar } from '../plugins/registrar.js';
import type { Presence } from '../presence/presence.js';
import type { Typing } from '../presence/typing.js';
import type { AddressLimits } from './address-limits.js';
import type { Engine } from './attach-engine.js';
import { createSlowReaderCut } from './cut-slow-readers.js';
import { toAnswer } from './error-answer.js';
import { countSockets, createHandshake } from './handshake.js';
import { createSocketCalls } from './socket-calls.js';
import { roomOf, type ChatServer, type ChatSocket } from './socket-types.js';
import { createPeopleWatch } from './people-watch.js';
import { refuseOtherMethods } from './polling-methods.js';
import { shortenGoodbye } from './shorten-goodbye.js';
import { createTokenWatch } from './token-watch.js';
import type { Turns } from './turns.js';
import { writeTogether } from './write-together.js';

interface Needs {
  config: RealtimeConfig;
  /** How often those who are connected are looked up. */
  accessMaxAgeMs: number;
  /** What reaches the sockets of other processes; undefined where there are none. */
  adapter: ServerOptions['adapter'] | undefined;
  registrar: Registrar;
  tokenVerifier: TokenVerifier;
  admission: Admission;
  presence: Presence;
  typing: Typing;
  hooks: HookRunner;
  inFlight: InFlight;
  limits: LimitConfig;
  addressLimits: AddressLimits;
  turns: Turns;
  logger: Logger;
}

/** The Socket.IO door. */
export interface SocketDoor {
  readonly io: ChatServer;
  readonly engine: Engine;
  /** Ends a person's sockets, those in other processes too. */
  disconnect(person: PersonRef): void;
  /**
   * Sends sockets away (their clients reconnect by themselves, to another process where there is one): at once whoever
   * waits for nothing, the others with their last answer. Who comes meanwhile is refused by the drain of what is in flight.
   */
  leave(): void;
  /** Sends away who is left, and frees what was opened. */
  close(): Promise<void>;
}

/** How long a client may take to send CONNECT with its token. */
const connectTimeoutMs = 10_000;

export function createSocketDoor(needs: Needs): SocketDoor {
  const { config, adapter, tokenVerifier, admission, presence, typing, inFlight, limits, addressLimits, logger } =
    needs;
  const options = {
    path: config.path,
    connectTimeout: connectTimeoutMs,
    maxHttpBufferSize: config.maxPacketBytes,
    serveClient: false,
    // Asked for new connections alone, and at once: a token would come later, from as many connections as there are.
    allowRequest: (request: IncomingMessage, decide: (message: null, allowed: boolean) => void) =>
      decide(null, addressLimits.mayConnect(request)),
    ...(config.cors === undefined ? {} : { cors: config.cors }),
    ...(adapter === undefined ? {} : { adapter }),
  };
  // On a server of its own that never listens: closing it closes nothing of the host's.
  const io: ChatServer = new Server(createServer(), options);
  const engine = io.engine as unknown as Engine;
  io.engine.use(refuseOtherMethods);
  const cutSlowReader = createSlowReaderCut(config.maxBufferedBytes, logger);
  io.engine.on('connection', (connection: ChatSocket['conn']) => {
    addressLimits.watch(connection);
    shortenGoodbye(connection);
    writeTogether(connection);
    cutSlowReader(connection);
  });
  const tokenWatch = createTokenWatch();
  const calls = createSocketCalls({ ...needs, tokenWatch });
  const peopleWatch = createPeopleWatch({ io, admission, tokenVerifier, everyMs: needs.accessMaxAgeMs, logger });

  let isLeaving = false;

  const { origins } = config;
  io.use(createHandshake({ tokenVerifier, admission, inFlight, addressLimits, limits, origins, logger }));
  io.on('connection', (socket) => {
    const { actor } = socket.data;
    // At once, before anything is awaited: from here on no message is missed.
    void joinOwnRoom(socket);
    const appeared = presence.connected(actor);
    tokenWatch.watch(socket);
    // The same functions for all sockets: an idle one should cost no closure.
    socket.onAny(receiveHere);
    socket.on('disconnect', forgetThis);
    // Several that came at once have all passed the handshake.
    if (countSockets(socket, actor) > limits.socketsPerPerson) return end(socket, chatError('too_many_connections'));
    // Let in while the door closed behind them.
    if (isLeaving) return sendAway(socket);
    void appeared.then((failure) => greet(socket, failure));
  });

  function receiveHere(this: ChatSocket, event: string, ...args: unknown[]): void {
    void calls.receive(this, event, args);
  }

  function sendAway(socket: ChatSocket): void {
    // The connection is closed and not the socket: its client then reconnects by itself, with its own back-off.
    socket.conn.close();
  }

  function forgetThis(this: ChatSocket, reason: DisconnectReason): void {
    tokenWatch.forget(this);
    typing.forget(this.id);
    presence.disconnected(this.data.actor);
    // There is one socket in a connection: without it, the connection would be counted nowhere and end with no token.
    if (reason === 'client namespace disconnect') this.conn.close();
    if (reason === 'server namespace disconnect') calls.signOut(this);
  }

  async function joinOwnRoom(socket: ChatSocket): Promise<void> {
    try {
      // In memory it is done at once; an adapter may have to tell others, and may fail to.
      await socket.join(roomOf(socket.data.actor));
    } catch (err) {
      // It would hear of nothing.
      logger.error({ err }, 'a socket could not join its room');
      sendAway(socket);
    }
  }

  function end(socket: ChatSocket, refusal: ChatError): void {
    socket.emit('chat:error', { event: 'connect', error: refusal.toPublic() });
    socket.disconnect(true);
  }

  async function greet(socket: ChatSocket, failure: ChatError | undefined): Promise<void> {
    const { actor } = socket.data;
    try {
      if (failure !== undefined) throw failure;
      const { chatIds, onlineChatIds } = await presence.chatsOf(actor);
      socket.emit('connected', { userId: actor.id, userType: actor.type, sessions: chatIds, online: onlineChatIds });
    } catch (error) {
      const refusal = toAnswer(error, logger, { door: 'socket', operation: 'connect' });
      socket.emit('chat:error', { event: 'connect', error: refusal.toPublic() });
      sendAway(socket);
    }
  }

  return {
    io,
    engine,
    disconnect: (person) => void io.in(roomOf(person)).disconnectSockets(true),
    leave() {
      isLeaving = true;
      for (const socket of io.sockets.sockets.values()) calls.whenIdle(socket, sendAway);
    },
    async close() {
      peopleWatch.stop();
      // What was said last is written at the end of this turn, and closing takes away what is not.
      await setImmediate();
      await io.close();
    },
  };
}
