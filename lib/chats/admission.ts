import type { Actor } from '../auth/actor.js';
import { chatError } from '../errors.js';
import type { Standing } from '../directory/standing.js';
import type { Memberships } from './memberships.js';

/** Lets a verified actor in, as long as the directory knows them. */
export interface Admission {
  /**
   * For a request that comes by itself, about a chat or none: it is judged by what the directory says from now on
   * (or has said in the last `access.restMaxAgeMs`).
   * @throws ChatError `actor_unknown`, `directory_unavailable`.
   */
  admit(actor: Actor, chatId?: number): Promise<void>;
  /** Whether the actor is there now. */
  isThere(actor: Actor): Promise<boolean>;
}

export function createAdmission(standing: Standing, memberships: Memberships): Admission {
  return {
    async admit(actor, chatId) {
      standing.renewPerson(actor);
      const renewed = chatId === undefined ? undefined : memberships.renew(actor, chatId);
      const [isThere] = await Promise.all([standing.isThere(actor), renewed]);
      if (!isThere) throw chatError('actor_unknown');
    },
    async isThere(actor) {
      standing.renewPerson(actor);
      return standing.isThere(actor);
    },
  };
}
