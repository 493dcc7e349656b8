import type { PersonRef } from '../auth/actor.js';

/** A person who came online (first socket in any process) or went offline (last one gone, after the grace period). */
export interface PresenceChange {
  readonly person: PersonRef;
  readonly online: boolean;
}
