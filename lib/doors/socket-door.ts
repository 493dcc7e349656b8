import { createServer, type IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Server, type DisconnectReason, type ServerOptions } from 'socket.io';
import { z } from 'zod';
import type { PersonRef } from '../auth/actor.js';
import { requireUnexpired } from '../auth/require-unexpired.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import type { LimitConfig, RealtimeConfig } from '../config/config.js';
import { ChatError, chatError, type PublicError } from '../errors.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import { parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Registrar } from '../plugins/registrar.js';
import type { Presence } from '../presence/presence.js';
import type { Typing } from '../presence/typing.js';
import type { AddressLimits } from './address-limits.js';
import type { Engine } from './attach-engine.js';
import { createSlowReaderCut } from './cut-slow-readers.js';
import { toAnswer } from './error-answer.js';
import { countSockets, createHandshake } from './handshake.js';
import { refresh, refreshInput, type refreshAck } from './socket-refresh.js';
import { roomOf, type ChatServer, type ChatSocket } from './socket-types.js';
import { createPeopleWatch } from './people-watch.js';
import { shortenGoodbye } from './polling-goodbye.js';
import { refuseOtherMethods } from './polling-methods.js';
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
  /** Tells every socket to come back later (their clients reconnect by themselves) and frees what was opened. */
  close(): Promise<void>;
}

/** How long a client may take to send CONNECT with its token. */
const connectTimeoutMs = 10_000;

type AnyAck = (answer: object) => void;

export function createSocketDoor(needs: Needs): SocketDoor {
  const { config, adapter, registrar, tokenVerifier, admission, presence, typing, hooks, inFlight, logger } = needs;
  const { limits, addressLimits, turns } = needs;
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
  const peopleWatch = createPeopleWatch({ io, admission, tokenVerifier, everyMs: needs.accessMaxAgeMs, logger });

  const { origins } = config;
  io.use(createHandshake({ tokenVerifier, admission, addressLimits, limits, origins, logger }));
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
    appeared.then((failure) => greet(socket, failure)).catch(survive);
  });

  function receiveHere(this: ChatSocket, event: string, ...args: unknown[]): void {
    receive(this, event, args).catch(survive);
  }

  /** Nobody waits for what the door does by itself: a rejection of it would end the host's process. */
  function survive(err: unknown): void {
    logger.error({ err }, 'a socket could not be answered');
  }

  function forgetThis(this: ChatSocket, reason: DisconnectReason): void {
    tokenWatch.forget(this);
    typing.forget(this.id);
    presence.disconnected(this.data.actor);
    // There is one socket in a connection: without it, the connection would be counted nowhere and end with no token.
    if (reason === 'client namespace disconnect') this.conn.close();
  }

  async function joinOwnRoom(socket: ChatSocket): Promise<void> {
    try {
      // In memory it is done at once; an adapter may have to tell others, and may fail to.
      await socket.join(roomOf(socket.data.actor));
    } catch (err) {
      logger.error({ err }, 'a socket could not join its room');
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
      socket.emit('chat:error', { event: 'connect', error: publicError(error, 'connect') });
      // The transport is closed and not the socket: its client then reconnects by itself, with its own back-off.
      socket.conn.close();
    }
  }

  async function receive(socket: ChatSocket, event: string, args: unknown[]): Promise<void> {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as AnyAck) : undefined;
    try {
      const result = await inFlight.run(() =>
        turns.run(socket.data.actor, () => dispatch(socket, event, ack === undefined ? args : args.slice(0, -1))),
      );
      ack?.({ ok: true, ...result });
    } catch (error) {
      const refusal = publicError(error, event);
      if (ack !== undefined) ack({ ok: false, error: refusal });
      else socket.emit('chat:error', { event: String(event).slice(0, 100), error: refusal });
    }
  }

  async function dispatch(socket: ChatSocket, event: string, args: unknown[]): Promise<object | void> {
    const { actor } = socket.data;
    const declared = events.get(event);
    if (declared === undefined) {
      throw chatError('invalid_request', { details: { issues: [{ field: '', problem: 'no such event' }] } });
    }
    // It may have waited for its turn for longer than its token lasts, and than its socket.
    if (declared !== refresh) requireUnexpired(socket.data.expiresAt);
    if (hooks.watchesCalls) await hooks.canCall({ door: 'socket', operation: event }, { actor });
    if (declared === refresh) return refreshToken(socket, parseInput(refreshInput, args[0]));
    const input = parseInput(declared.input ?? nothing, args[0]) as never;
    const result = await declared.handle({ actor, input, source: { socketId: socket.id, actor } });
    requireResult(result);
    return result;
  }

  /** Carries on in place with a new token of the same person. */
  async function refreshToken(socket: ChatSocket, { token }: { token: string }): Promise<z.output<typeof refreshAck>> {
    addressLimits.count(socket.request);
    const authentication = await tokenVerifier.authenticate(token);
    const { actor, expiresAt } = authentication;
    const current = socket.data.actor;
    if (actor.type !== current.type || actor.id !== current.id) throw chatError('actor_mismatch');
    await admission.admit(actor);
    socket.data = { ...authentication, actor: current };
    if (socket.connected) tokenWatch.watch(socket);
    return { expiresAt: new Date(expiresAt * 1_000).toISOString() };
  }

  const { events } = registrar;

  function publicError(error: unknown, operation: string): PublicError {
    const known = error instanceof ChatError || registrar.events.has(operation) || operation === 'connect';
    return toAnswer(error, logger, { door: 'socket', operation: known ? operation : 'unknown' }).toPublic();
  }

  return {
    io,
    engine,
    disconnect: (person) => void io.in(roomOf(person)).disconnectSockets(true),
    async close() {
      peopleWatch.stop();
      // What was said last is written at the end of this turn, and closing takes away what is not.
      await setImmediate();
      await io.close();
    },
  };
}

/** A plugin's handler may be JavaScript. */
function requireResult(result: unknown): void {
  if (result === undefined || (typeof result === 'object' && result !== null && !Array.isArray(result))) return;
  throw new TypeError('a handler answered with something else than an object');
}

const nothing = z.unknown();
