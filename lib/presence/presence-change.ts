import type { PersonRef } from '../auth/actor.js';

/** A person who came online (first socket in any process) or went offline (last one gone, after the grace period). */
export interface PresenceChange {
  readonly person: PersonRef;
  readonly online: boolean;
}

/** A change as somebody is told of it who is online, on the other side of one of the person's chats. */
export interface Watched extends PresenceChange {
  readonly chatId: number;
  readonly watcher: PersonRef;
}
