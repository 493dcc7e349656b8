import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExtendedError } from 'socket.io';
import type { PersonRef } from '../auth/actor.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import type { LimitConfig } from '../config/config.js';
import { chatError, type ChatError } from '../errors.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import { createTokenBuckets } from '../plugins/rate-limit/token-buckets.js';
import type { AddressLimits } from './address-limits.js';
import { toAnswer } from './error-answer.js';
import { roomOf, type ChatSocket } from './socket-types.js';

/** Query parameters under which people send tokens. Queries end up in the logs of every proxy on the way. */
const tokenParameters = ['token', 'access_token', 'auth', 'jwt', 'authorization'];

interface Needs {
  tokenVerifier: TokenVerifier;
  admission: Admission;
  inFlight: InFlight;
  addressLimits: AddressLimits;
  limits: LimitConfig;
  /** Origins whose pages may connect; undefined: any. */
  origins: readonly (string | RegExp)[] | undefined;
  logger: Logger;
}

/** Sockets of one person that are let in at once; each further one that comes meanwhile waits for so much longer. */
const atOnce = 4;
const pauseMs = 100;

/** People whose connects are remembered: some 20 MB. */
const maxBuckets = 100_000;

/**
 * How long whoever connects too often waits for the refusal: refused at once, a flood would be back at once. With each five
 * more that wait for theirs it is twice as long, up to four seconds.
 */
const refusalDelayMs = 500;
const refusalsToDouble = 5;
const mostDoublings = 3;

/**
 * The socket door's lock: the token of `auth.token`, judged as REST judges it. A refusal is the client's
 * `connect_error` with `data.code`, and the end of its connection: one attempt each, so that what counts connections
 * counts attempts, and nobody stays who was not let in.
 */
export function createHandshake(needs: Needs) {
  const { tokenVerifier, admission, inFlight, addressLimits, limits, origins, logger } = needs;
  const perMinute = limits.connectsPerMinutePerPerson;
  const now = (): number => performance.now();
  const connects = createTokenBuckets({ perMinute, burst: perMinute, maxBuckets, now });
  const asking = new WeakSet<ChatSocket['conn']>();
  /** Sockets of each person that are being let in. */
  const entering = new Map<string, number>();
  /** Refusals that are waited for. */
  let delayed = 0;

  function later(refuse: () => void): void {
    const doublings = Math.min(mostDoublings, Math.floor(delayed / refusalsToDouble));
    delayed += 1;
    const refuseNow = (): void => {
      delayed -= 1;
      refuse();
    };
    setTimeout(refuseNow, refusalDelayMs * 2 ** doublings).unref();
  }

  return (socket: ChatSocket, next: (err?: ExtendedError) => void): void => {
    const refuse = (refusal: ChatError): void => {
      next(Object.assign(new Error(refusal.message), { data: refusal.toPublic() }));
      // Socket.IO says it in the next tick; a connection that closes waits for what was said.
      setImmediate(() => socket.conn.close());
    };
    // Socket.IO takes a second CONNECT only while the first is looked at, and would make a socket of each.
    if (asking.has(socket.conn)) return refuse(chatError('too_many_connections'));
    asking.add(socket.conn);
    const admitted = inFlight.run(() => admit(socket));
    admitted.then(
      () => next(),
      (error: unknown) => {
        const refusal = toAnswer(error, logger, { door: 'socket', operation: 'connect' });
        if (refusal.code === 'rate_limited') later(() => refuse(refusal));
        else refuse(refusal);
      },
    );
  };

  async function admit(socket: ChatSocket): Promise<void> {
    const { query, auth, headers } = socket.handshake;
    addressLimits.count(socket.request);
    if (!isAllowed(headers.origin, headers.host)) throw chatError('origin_refused');
    if (tokenParameters.some((name) => query[name] !== undefined)) throw chatError('token_in_query');
    const token: unknown = auth['token'];
    if (token === undefined || token === null || token === '') throw chatError('token_missing');
    if (typeof token !== 'string') throw chatError('token_invalid');
    const authentication = await tokenVerifier.authenticate(token);
    const { actor } = authentication;
    const waitSeconds = connects.take(roomOf(actor), 1);
    if (waitSeconds > 0) throw chatError('rate_limited', { retryAfterSeconds: Math.ceil(waitSeconds) });
    if (countSockets(socket, actor) >= limits.socketsPerPerson) throw chatError('too_many_connections');
    await enter(actor);
    socket.data = authentication;
  }

  /** One after the other, a flood of connects leaves others their share. */
  async function enter(actor: PersonRef): Promise<void> {
    const room = roomOf(actor);
    const before = entering.get(room) ?? 0;
    entering.set(room, before + 1);
    try {
      if (before >= atOnce) await delay((before - atOnce + 1) * pauseMs, undefined, { ref: false });
      await admission.admit(actor);
    } finally {
      const left = (entering.get(room) ?? 1) - 1;
      if (left > 0) entering.set(room, left);
      else entering.delete(room);
    }
  }

  /** Only browsers send it: over WebSockets from every page, so from the server's own too. */
  function isAllowed(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || origins === undefined) return true;
    // Whoever points a name of theirs at this server passes here, and has no token that was given to another page.
    if (URL.canParse(origin) && new URL(origin).host === host && host !== '') return true;
    return origins.some((one) => (typeof one === 'string' ? one === origin : origin.search(one) >= 0));
  }
}

/** A person's sockets in this process. */
export function countSockets({ nsp }: ChatSocket, person: PersonRef): number {
  return nsp.adapter.rooms.get(roomOf(person))?.size ?? 0;
}
