import type { PersonRef, PersonType } from '../auth/actor.js';

/** A person as the host knows them. */
export interface Person extends PersonRef {
  readonly name: string;
  readonly email: string | null;
}

/**
 * Who people are and who is whose dentist: the host's knowledge, read and never written by the module.
 *
 * A method that throws or rejects fails the one request with 503 `directory_unavailable`. Calls are batched and
 * briefly cached by the module (`directoryCacheSeconds`), so an implementation can ask its source each time.
 */
export interface Directory {
  /** The people of the refs, in any order; whoever does not exist is left out. At most 1,000 refs a call. */
  findPeople(refs: readonly PersonRef[]): Promise<readonly Person[]>;
  /** The id of the dentist who is assigned to the customer, or null when there is none (or no such customer). */
  findAssignedDentist(customerId: number): Promise<number | null>;
  /**
   * The person whose login at a token issuer this is (for instance a Cognito `sub`), or null. Needed only when an
   * issuer maps its tokens through the directory.
   */
  findByLogin?(type: PersonType, login: string): Promise<PersonRef | null>;
}

/** What the module hands to a directory that reads the module's own database. */
export interface DirectoryContext {
  /** Runs one read-only statement with `$1`-style parameters on the module's database. */
  query(sql: string, params: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** A directory, or a function that makes one once the module has its database. */
export type DirectorySource = Directory | ((context: DirectoryContext) => Directory);
