import type { PersonRef } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { ChatError } from '../errors.js';
import type { PersonRow, PresenceStatements } from './presence-statements.js';

/** People in one transaction at most: each takes a lock, of which the database has some thousands for all. */
export const maxBatch = 500;

/** Where a write fails because the database is away: who has waited longer than this for the next has waited long enough. */
const patienceMs = 500;

/** Brings the database's rows of this process to where its people are. */
export interface PresenceWriter {
  /**
   * Says where a person is to be; what was said last wins. Resolves, once written, with whether that made a
   * difference to the others: nobody had them online before, or nobody has them now.
   */
  set(person: PersonRef, here: boolean): Promise<boolean>;
  /** Resolves when all that was said is written, or has failed. */
  idle(): Promise<void>;
}

interface Wish {
  readonly person: PersonRef;
  readonly since: number;
  here: boolean;
  readonly told: ((changed: boolean) => void)[];
  readonly failed: ((error: unknown) => void)[];
}

/** One transaction at a time: those who come and go while it runs are written together by the next. */
export function createPresenceWriter(
  database: Database,
  statements: PresenceStatements,
  processId: string,
): PresenceWriter {
  const wishes = new Map<string, Wish>();
  let writing: Promise<void> | undefined;

  async function pump(): Promise<void> {
    while (wishes.size > 0) {
      const batch = [...wishes.entries()].slice(0, maxBatch);
      for (const [key] of batch) wishes.delete(key);
      await write(batch.map(([, wish]) => wish));
    }
    writing = undefined;
  }

  async function write(batch: readonly Wish[]): Promise<void> {
    try {
      const changed = new Set(
        await database.transaction(async (tx) => {
          // Two processes that change one person at once would each miss the other's row: they take turns. The lock
          // has a statement of its own, for the next one's snapshot must be younger than the lock.
          await tx.query(statements.lock, columnsOf(batch));
          const coming = batch.filter(({ here }) => here);
          const going = batch.filter(({ here }) => !here);
          const entered =
            coming.length === 0 ? [] : await tx.query(statements.enter, [processId, ...columnsOf(coming)]);
          const left = going.length === 0 ? [] : await tx.query(statements.leave, [processId, ...columnsOf(going)]);
          return [...entered, ...left].map(keyOfRow);
        }),
      );
      for (const { person, told } of batch) for (const tell of told) tell(changed.has(keyOf(person)));
    } catch (error) {
      refuse(batch, error);
      if (error instanceof ChatError) refuse(takeImpatient(), error);
    }
  }

  function refuse(refused: readonly Wish[], error: unknown): void {
    for (const { failed } of refused) for (const fail of failed) fail(error);
  }

  /** The database was waited for in vain, and not by the batch alone: nobody waits through one write after the other. */
  function takeImpatient(): Wish[] {
    const longest = performance.now() - patienceMs;
    const impatient = [...wishes.entries()].filter(([, { since }]) => since < longest);
    for (const [key] of impatient) wishes.delete(key);
    return impatient.map(([, wish]) => wish);
  }

  return {
    set: (person, here) =>
      new Promise((resolve, reject) => {
        const key = keyOf(person);
        const wish = wishes.get(key) ?? { person, since: performance.now(), here, told: [], failed: [] };
        wish.here = here;
        wish.told.push(resolve);
        wish.failed.push(reject);
        wishes.set(key, wish);
        writing ??= pump();
      }),
    idle: async () => writing,
  };
}

export function keyOf({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

function keyOfRow(row: PersonRow): string {
  return `${row.person_type}:${row.person_id}`;
}

function columnsOf(wishes: readonly Wish[]): [string[], number[]] {
  return [wishes.map(({ person }) => person.type), wishes.map(({ person }) => person.id)];
}
