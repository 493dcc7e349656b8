import type { PersonRef } from '../auth/actor.js';
import type { Admission } from '../chats/admission.js';
import { chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { roomOf, type ChatServer } from './socket-types.js';

/** Looks up who of those with live sockets is still there, and ends the sockets of the others. */
export interface PeopleWatch {
  stop(): void;
}

/** Looks every `everyMs`, of all at once; a directory that is away ends nobody's socket. */
export function createPeopleWatch(io: ChatServer, admission: Admission, everyMs: number, logger: Logger): PeopleWatch {
  let isFailing = false;
  let isLooking = false;

  async function look(): Promise<void> {
    const people = new Map<string, PersonRef>();
    for (const { data } of io.sockets.sockets.values()) people.set(roomOf(data.actor), data.actor);
    await Promise.all([...people.values()].map(async (person) => (await admission.isThere(person)) || end(person)));
  }

  function end(person: PersonRef): void {
    const sockets = io.local.in(roomOf(person));
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
