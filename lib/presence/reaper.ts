import type { PersonRef } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import type { PersonRow, PresenceStatements } from './presence-statements.js';
import { maxBatch } from './presence-writer.js';

/** What is found where processes died. */
export interface ReaperListener {
  /** Processes died, of which the first had last renewed its lease then. Said at least once of each. ISO 8601 UTC. */
  ended(renewedAt: string): void;
  /** These people were in processes that died, and are nowhere else. */
  reaped(people: readonly PersonRef[]): void;
  /** These may have been reaped just now, and may be said to be gone by nobody. */
  unsettled(people: readonly PersonRef[]): void;
}

/** Ends the leases that ran out, and takes the people out of their processes, some hundreds at a time. */
export function createReaper(
  database: Database,
  statements: PresenceStatements,
  leaseSeconds: number,
  listener: ReaperListener,
): { reap(): Promise<void> } {
  let isReaping = false;

  async function reap(): Promise<void> {
    const [first] = await database.query(statements.dead, [leaseSeconds]);
    if (first === undefined) return;
    listener.ended(first.renewed_at);
    let people: PersonRef[];
    do {
      people = (await database.query(statements.left, [maxBatch])).map(personOf);
    } while (people.length > 0 && (await takeOut(people)));
    await database.query(statements.forget, []);
  }

  /** False where another process is at it. */
  async function takeOut(people: readonly PersonRef[]): Promise<boolean> {
    const columns = [people.map(({ type }) => type), people.map(({ id }) => id)];
    try {
      const rows = await database.transaction(async (tx) => {
        // As those who write that somebody comes or goes: else each would take the other's row for the last.
        await tx.query(statements.lock, columns);
        return tx.query(statements.reap, columns);
      });
      listener.reaped(rows.filter((row) => row.is_gone).map(personOf));
      return rows.length > 0;
    } catch (error) {
      // It may have been committed all the same, and nobody would find them again.
      listener.unsettled(people);
      throw error;
    }
  }

  return {
    async reap() {
      if (isReaping) return;
      isReaping = true;
      await reap().finally(() => (isReaping = false));
    },
  };
}

function personOf({ person_type: type, person_id: id }: PersonRow): PersonRef {
  return { type, id };
}
