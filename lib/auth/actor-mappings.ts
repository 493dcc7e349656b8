import type { PersonType } from './actor.js';
import type { ActorFromClaims } from './issuer.js';

/**
 * Whoever of this type has the claim's value as login in the directory (`findByLogin`):
 * `cognito({ ..., actor: actorByLogin('dentist', 'sub') })`. Numbers are looked up as decimal text.
 *
 * @param claim default `sub`.
 */
export function actorByLogin(type: PersonType, claim = 'sub'): ActorFromClaims {
  const find: ActorFromClaims = async (claims, { findByLogin }) => {
    const value = claims[claim];
    const login = Number.isSafeInteger(value) ? String(value) : value;
    return typeof login === 'string' && login !== '' ? findByLogin(type, login) : null;
  };
  return Object.assign(find, { findsByLogin: type });
}

/**
 * The person of this type whose id the claim is, as a positive integer or its digits; the directory is not asked:
 * `django({ ..., actor: actorById('dentist', 'dentist_id') })`.
 */
export function actorById(type: PersonType, claim: string): ActorFromClaims {
  return (claims) => {
    const id = readId(claims[claim]);
    return id === null ? null : { type, id };
  };
}

/** A positive safe integer, given as such or as its plain digits; null for anything else. */
export function readId(value: unknown): number | null {
  const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}
