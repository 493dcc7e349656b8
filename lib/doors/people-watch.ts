import type { PersonRef } from '../auth/actor.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import { chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { roomOf, type ChatServer, type ChatSocket } from './socket-types.js';

/** Looks up who of those with live sockets is still there, under the login they came with, and ends the others' sockets. */
export interface PeopleWatch {
  stop(): void;
}

interface Needs {
  io: ChatServer;
  admission: Admission;
  tokenVerifier: Pick<TokenVerifier, 'stillNames'>;
  everyMs: number;
  logger: Logger;
}

/** Looks every `everyMs`, of all at once; a directory that is away ends nobody's socket. */
export function createPeopleWatch({ io, admission, tokenVerifier, everyMs, logger }: Needs): PeopleWatch {
  let isFailing = false;
  let isLooking = false;

  async function look(): Promise<void> {
    const people = new Map<string, PersonRef>();
    const sockets = [...io.sockets.sockets.values()];
    for (const { data } of sockets) people.set(roomOf(data.actor), data.actor);
    await Promise.all([
      ...[...people.values()].map(
        async (person) => (await admission.isThere(person)) || end(io.local.in(roomOf(person))),
      ),
      ...sockets.map(lookAtLogin),
    ]);
  }

  async function lookAtLogin(socket: ChatSocket): Promise<void> {
    const { data } = socket;
    const isTheirs = tokenVerifier.stillNames(data);
    // Unless a new token came meanwhile.
    if (!(await isTheirs) && socket.data === data) end(io.local.in(socket.id));
  }

  function end(sockets: ReturnType<ChatServer['in']>): void {
    sockets.emit('chat:error', { event: 'connect', error: chatError('actor_unknown').toPublic() });
    sockets.disconnectSockets(true);
  }

  async function tick(): Promise<void> {
    if (isLooking || io.sockets.sockets.size === 0) return;
    isLooking = true;
    try {
      await look();
      isFailing = false;
    } catch (err) {
      // Once an outage: it would be said every round else.
      if (!isFailing) logger.warn({ err }, 'it could not be looked up who of those connected is still there');
      isFailing = true;
    } finally {
      isLooking = false;
    }
  }

  const timer = setInterval(() => void tick(), everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
