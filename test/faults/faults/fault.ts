import type { RandomSource } from '../../support/random.js';
import type { DoorKind, PersonType, Span } from '../journal.js';
import type { Load } from '../load.js';
import type { Service } from '../service.js';
import type { Stored } from '../stored.js';

/** Something that goes wrong while everybody uses the service, and is right again when it resolves. */
export interface Fault {
  readonly name: string;
  /** What clients may be told meanwhile, beside success. */
  readonly excuses: readonly Excuse[];
  /** How long after the end a process may need to know that it has missed something, and to let its sockets reconnect. */
  readonly deafMs?: number;
  /**
   * Where nobody could be served it says exactly when: whoever got an ack then got a lie. Rejects where it finds that it
   * has done nothing.
   */
  inflict(service: Service, random: RandomSource): Promise<Span | void>;
  /** Whether clients noticed what they must have noticed; else nothing was tried. */
  hasBitten?(seen: Seen): boolean;
}

/** A code of the catalogue, or what a lost connection says. */
export interface Excuse {
  readonly code: string;
  /** Only there; else anywhere. Who reads is at the door `rest`. */
  readonly door?: DoorKind;
  /** Only to these. */
  readonly person?: PersonType;
}

/** A round that is over. */
export interface Seen {
  readonly load: Load;
  readonly stored: readonly Stored[];
  readonly during: Span;
}

/** What the end of a connection is to its client, before it sends and while it waits. */
export const lostConnections: readonly Excuse[] = [{ code: 'not connected' }, { code: 'connection lost' }];

export const databaseAway: readonly Excuse[] = [{ code: 'database_unavailable' }, { code: 'directory_unavailable' }];
