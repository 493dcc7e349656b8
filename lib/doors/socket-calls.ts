import { z } from 'zod';
import { requireUnexpired } from '../auth/require-unexpired.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import { ChatError, chatError, type PublicError } from '../errors.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import { parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Registrar } from '../plugins/registrar.js';
import type { AddressLimits } from './address-limits.js';
import { cutConnection } from './cut-connection.js';
import { toAnswer } from './error-answer.js';
import { refresh, refreshInput, type refreshAck } from './socket-refresh.js';
import type { ChatSocket } from './socket-types.js';
import type { TokenWatch } from './token-watch.js';
import type { Turns } from './turns.js';

interface Needs {
  registrar: Registrar;
  tokenVerifier: TokenVerifier;
  addressLimits: AddressLimits;
  admission: Admission;
  hooks: HookRunner;
  inFlight: InFlight;
  turns: Turns;
  tokenWatch: TokenWatch;
  logger: Logger;
}

/** What clients ask for over sockets. */
export interface SocketCalls {
  /** Carries out one event and answers it. Never rejects. */
  receive(socket: ChatSocket, event: string, args: unknown[]): Promise<void>;
  /** What such a socket has asked for and still waits for its turn is not carried out any more. */
  signOut(socket: ChatSocket): void;
  /** Runs once nothing that a socket has asked for is under way: at once, or after the last answer. */
  whenIdle(socket: ChatSocket, then: (socket: ChatSocket) => void): void;
}

/**
 * Refusals for want of a place that a socket may have had, less what was carried out for it meanwhile. Whoever asks a
 * thousand things more than are answered is told to wait; who then asks on without a pause is no client of ours, and
 * refusing it for ever would be all that the process does.
 */
const maxRefused = 500;

type AnyAck = (answer: object) => void;

/** What of a socket's is under way; kept with the socket from its first call on. */
interface Calls {
  underWay: number;
  refused: number;
  isSignedOut: boolean;
  then: ((socket: ChatSocket) => void) | undefined;
}

const calls = Symbol('calls');
type CallingSocket = ChatSocket & { [calls]?: Calls };

function callsOf(socket: CallingSocket): Calls {
  return (socket[calls] ??= { underWay: 0, refused: 0, isSignedOut: false, then: undefined });
}

export function createSocketCalls(needs: Needs): SocketCalls {
  const { registrar, tokenVerifier, addressLimits, admission, hooks, inFlight, turns, tokenWatch, logger } = needs;
  const { events } = registrar;

  async function receive(socket: ChatSocket, event: string, args: unknown[]): Promise<void> {
    const own = callsOf(socket);
    own.underWay += 1;
    try {
      await answer(socket, event, args);
    } catch (err) {
      // Nobody waits for this: a rejection would end the host's process.
      logger.error({ err }, 'a socket could not be answered');
    }
    own.underWay -= 1;
    if (own.underWay === 0) own.then?.(socket);
  }

  async function answer(socket: ChatSocket, event: string, args: unknown[]): Promise<void> {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as AnyAck) : undefined;
    const own = callsOf(socket);
    try {
      const result = await inFlight.run(() =>
        turns.run(socket.data.actor, () => dispatch(socket, event, ack === undefined ? args : args.slice(0, -1))),
      );
      if (own.refused > 0) own.refused -= 1;
      ack?.({ ok: true, ...result });
    } catch (error) {
      const refusal = publicError(error, event);
      if (refusal.code === 'rate_limited' && turns.isFull(socket.data.actor)) own.refused += 1;
      if (own.refused > maxRefused) return cutFlood(socket);
      if (ack !== undefined) ack({ ok: false, error: refusal });
      else socket.emit('chat:error', { event: String(event).slice(0, 100), error: refusal });
    }
  }

  function cutFlood(socket: ChatSocket): void {
    if (!socket.connected) return;
    logger.debug({ maxRefused }, 'a client that asked on however often it was refused was cut off');
    cutConnection(socket.conn);
  }

  async function dispatch(socket: ChatSocket, event: string, args: unknown[]): Promise<object | void> {
    const { actor } = socket.data;
    // The server ended the socket while this waited; who left by themselves is served nevertheless.
    if (callsOf(socket).isSignedOut) throw chatError('token_expired');
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

  function publicError(error: unknown, operation: string): PublicError {
    const known = error instanceof ChatError || events.has(operation);
    return toAnswer(error, logger, { door: 'socket', operation: known ? operation : 'unknown' }).toPublic();
  }

  return {
    receive,
    signOut: (socket) => void (callsOf(socket).isSignedOut = true),
    whenIdle(socket, then) {
      const own = callsOf(socket);
      if (own.underWay === 0) then(socket);
      else own.then = then;
    },
  };
}

/** A plugin's handler may be JavaScript. */
function requireResult(result: unknown): void {
  if (result === undefined || (typeof result === 'object' && result !== null && !Array.isArray(result))) return;
  throw new TypeError('a handler answered with something else than an object');
}

const nothing = z.unknown();
