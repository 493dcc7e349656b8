import type { PersonRef, PersonType } from '../auth/actor.js';

/** A person as the host knows them. */
export interface Person extends PersonRef {
  readonly name: string;
  readonly email: string | null;
}

/** A customer and a dentist who is assigned to them; null: none is. */
export interface Assignment {
  readonly customerId: number;
  readonly dentistId: number | null;
}

/** A login and the id of the person who has it. */
export interface LoginMatch {
  readonly login: string;
  readonly id: number;
}

/**
 * Who people are and who is whose dentist: the host's knowledge, read and never written by the module.
 *
 * A method that throws or rejects fails the one request with 503 `directory_unavailable`. Calls are batched and
 * briefly cached by the module (`directoryCacheSeconds`), so an implementation can ask its source each time. Whether
 * somebody is still there, and still assigned, is asked anew for each REST request and every few seconds for live sockets
 * (`access`), of many in one call.
 */
export interface Directory {
  /**
   * The people of the refs, in any order; whoever does not exist is left out. At most 1,000 refs a call. Whose name or
   * email is no text goes without it, which is logged; for an entry without type and id, those who are missing fail.
   */
  findPeople(refs: readonly PersonRef[]): Promise<readonly Person[]>;
  /** The id of the dentist who is assigned to the customer, or null when there is none (or no such customer). */
  findAssignedDentist(customerId: number): Promise<number | null>;
  /**
   * The same for many customers, in any order; customers who do not exist are left out, and no dentist has access to
   * their chats until they are back. At most 1,000 ids a call. A dentist who is not named here has no access to the
   * customer's chat; where several may, give a row for each.
   * Default: `findAssignedDentist`, one by one.
   */
  findAssignments?(customerIds: readonly number[]): Promise<readonly Assignment[]>;
  /**
   * The person whose login at a token issuer this is (for instance a Cognito `sub`), or null. Needed only when an
   * issuer maps its tokens through the directory.
   */
  findByLogin?(type: PersonType, login: string): Promise<PersonRef | null>;
  /**
   * The same for many logins of one type, in any order; whose nobody has are left out. At most 1,000 logins a call. Logins
   * of those who are connected are asked for every few seconds. Default: `findByLogin`, one by one.
   */
  findByLogins?(type: PersonType, logins: readonly string[]): Promise<readonly LoginMatch[]>;
  /**
   * Called once at each start, at most `startTimeoutMs` long. What it rejects with refuses the start: for faults that
   * time does not mend, such as a table that is not there.
   */
  start?(): Promise<void>;
}

/** What the module hands to a directory that reads the module's own database. */
export interface DirectoryContext {
  /** Runs one read-only statement with `$1`-style parameters on the module's database. */
  query(sql: string, params: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** Makes a directory once the module has its database. */
export interface DirectoryFactory {
  (context: DirectoryContext): Directory;
  /** Whom the directory will find by login, where that can be told before it is made. */
  readonly findsByLogin?: readonly PersonType[];
}

/** A directory, or a function that makes one. */
export type DirectorySource = Directory | DirectoryFactory;
