import type { RandomSource } from '../../support/random.js';
import type { Service } from '../service.js';

/** Something that goes wrong while everybody uses the service, and is right again when it resolves. */
export interface Fault {
  readonly name: string;
  /** What clients may be told meanwhile, beside success: codes of the catalogue, and what a lost connection says. */
  readonly excuses: readonly string[];
  /** True when nobody can be served meanwhile: then whoever gets an ack gets a lie. */
  readonly isOutage?: boolean;
  inflict(service: Service, random: RandomSource): Promise<void>;
}

/** What the end of a connection is to its client, before it sends and while it waits. */
export const lostConnections = ['not connected', 'connection lost'] as const;

export const databaseAway = ['database_unavailable', 'directory_unavailable'] as const;
