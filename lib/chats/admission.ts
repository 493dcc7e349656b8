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
  /** Whether the actor is there now, whatever REST may rely on: who looks every few seconds must not be told of before. */
  isThere(actor: Actor): Promise<boolean>;
}

export function createAdmission(standing: Standing, memberships: Memberships): Admission {
  return {
    async admit(actor, chatId) {
      standing.renewPerson(actor);
      // Asked together: what is renewed is asked for at once, and awaited here and there.
      if (chatId !== undefined) await memberships.renew(actor, chatId);
      if (!(await standing.isThere(actor))) throw chatError('actor_unknown');
    },
    async isThere(actor) {
      standing.renewPerson(actor, 0);
      return standing.isThere(actor);
    },
  };
}
