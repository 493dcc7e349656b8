import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { statement, type Statement } from '../database/statement.js';

export interface PersonRow {
  person_type: PersonType;
  person_id: number;
}

export interface PresenceStatements {
  /**
   * `$1` process, `$2` seconds. Renews the lease; `renewed` is false where it had run out and is taken anew. Until then
   * nobody in the process counted as online, and its rows may be gone.
   */
  renew: Statement<{ renewed: boolean }>;
  /** `$1` process, `$2` seconds: leaves the rest to whoever reaps. */
  shorten: Statement<never>;
  /** Of the processes whose lease ran out the first: when it last renewed it, `$1` being the seconds that one lasts. */
  dead: Statement<{ renewed_at: string }>;
  /** People who are still in them, `$1` at most. */
  left: Statement<PersonRow>;
  /**
   * `$1`, `$2` types and ids, locked: takes them out of the processes whose lease ran out. Returns those who were in one
   * that nobody else is reaping; `is_gone` where they are in no process any more.
   */
  reap: Statement<PersonRow & { is_gone: boolean }>;
  /** Forgets the processes whose lease ran out and in which nobody is left. */
  forget: Statement<never>;
  /** `$1`, `$2` types and ids of people. One writer at a time a person, in a fixed order. */
  lock: Statement<never>;
  /** `$1` process, `$2`, `$3` types and ids. Returns those who were nowhere before. */
  enter: Statement<PersonRow>;
  /** `$1` process, `$2`, `$3` types and ids. Returns those who are in no process now, be it a dead one: whoever reaps it says so. */
  leave: Statement<PersonRow>;
  /** `$1`, `$2` types and ids: those of them who are online. */
  online: Statement<PersonRow>;
  /**
   * `$1` id of a person: all chats by id, the other side of each in the same order, and the chats whose other side is
   * online. One row, for thousands of rows cost more to read than to find.
   */
  chats(type: PersonType): Statement<{ ids: number[]; other_ids: number[]; online_ids: number[] }>;
  /**
   * `$1` ids of people of the type, `$2` whether each is said to be online: for those of whom that is so, each chat whose
   * other side is online, with that side's id.
   */
  watchers(type: PersonType): Statement<{ person_id: number; chat_id: number; watcher_id: number }>;
}

/**
 * Presence is a lease in the database: a person is online where a process has a row for them and keeps its lease. The
 * statements read the chats' pairs, so that who comes online costs what the people who are online cost.
 */
export function createPresenceStatements(database: Database): PresenceStatements {
  const processes = database.table('processes');
  const presence = database.table('presence');
  const chats = database.table('chats');
  const people = `unnest($2::text[], $3::bigint[]) AS n (person_type, person_id)`;
  const isLive = (row: string): string =>
    `EXISTS (SELECT 1 FROM ${processes} r WHERE r.id = ${row}.process_id AND r.expires_at > now())`;
  const isOnline = (type: string, id: string): string =>
    `EXISTS (SELECT 1 FROM ${presence} p WHERE p.person_type = ${type} AND p.person_id = ${id} AND ${isLive('p')})`;

  const chatsOf = (own: string, other: string, otherType: PersonType) =>
    statement<{ ids: number[]; other_ids: number[]; online_ids: number[] }>(`
      WITH own AS MATERIALIZED (
        SELECT c.id, c.${other} AS other_id FROM ${chats} c WHERE c.${own} = $1 ORDER BY c.id
      )
      SELECT coalesce(array_agg(o.id), '{}') AS ids, coalesce(array_agg(o.other_id), '{}') AS other_ids,
             (SELECT coalesce(array_agg(n.id ORDER BY n.id), '{}') FROM own n
               WHERE ${isOnline(`'${otherType}'`, 'n.other_id')}) AS online_ids
        FROM own o`);
  const chatLists = {
    customer: chatsOf('customer_id', 'dentist_id', 'dentist'),
    dentist: chatsOf('dentist_id', 'customer_id', 'customer'),
  };

  // What is said is read in the same moment: of two processes that say one person's coming and going, the later is right.
  const watchersOf = (type: PersonType, own: string, other: string, otherType: PersonType) =>
    statement<{ person_id: number; chat_id: number; watcher_id: number }>(`
      WITH said AS MATERIALIZED (
        SELECT n.person_id FROM unnest($1::bigint[], $2::boolean[]) AS n (person_id, online)
         WHERE n.online = ${isOnline(`'${type}'`, 'n.person_id')}
      )
      SELECT DISTINCT c.${own} AS person_id, c.id AS chat_id, c.${other} AS watcher_id
        FROM ${presence} p JOIN ${chats} c ON c.${other} = p.person_id
       WHERE p.person_type = '${otherType}' AND c.${own} = ANY (ARRAY(SELECT person_id FROM said)) AND ${isLive('p')}`);
  const watcherLists = {
    customer: watchersOf('customer', 'customer_id', 'dentist_id', 'dentist'),
    dentist: watchersOf('dentist', 'dentist_id', 'customer_id', 'customer'),
  };

  return {
    renew: statement(`
      WITH renewed AS (
        UPDATE ${processes} SET expires_at = now() + make_interval(secs => $2)
         WHERE id = $1::uuid AND expires_at > now() RETURNING id
      ), taken AS (
        INSERT INTO ${processes} (id, expires_at)
        SELECT $1::uuid, now() + make_interval(secs => $2) WHERE NOT EXISTS (SELECT 1 FROM renewed)
            ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
      )
      SELECT EXISTS (SELECT 1 FROM renewed) AS renewed`),
    shorten: statement(
      `UPDATE ${processes} SET expires_at = now() + make_interval(secs => $2) WHERE id = $1::uuid AND expires_at > now()`,
    ),
    dead: statement(`
      SELECT expires_at - make_interval(secs => $1) AS renewed_at
        FROM ${processes} WHERE expires_at <= now() ORDER BY expires_at LIMIT 1`),
    left: statement(`
      SELECT DISTINCT p.person_type, p.person_id
        FROM ${processes} r JOIN ${presence} p ON p.process_id = r.id WHERE r.expires_at <= now() LIMIT $1`),
    // The process is held, so that it cannot come back to life half-way: it then writes all its people anew.
    reap: statement(`
      WITH dead AS MATERIALIZED (
        SELECT id FROM ${processes} WHERE expires_at <= now() ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM ${presence} p USING dead, unnest($1::text[], $2::bigint[]) AS n (person_type, person_id)
         WHERE p.process_id = dead.id AND p.person_type = n.person_type AND p.person_id = n.person_id
        RETURNING p.person_type, p.person_id
      )
      SELECT DISTINCT g.person_type, g.person_id,
             NOT EXISTS (SELECT 1 FROM ${presence} p WHERE p.person_type = g.person_type AND p.person_id = g.person_id
                            AND p.process_id NOT IN (SELECT id FROM dead)) AS is_gone
        FROM gone g`),
    forget: statement(`
      WITH dead AS MATERIALIZED (
        SELECT id FROM ${processes} r
         WHERE expires_at <= now() AND NOT EXISTS (SELECT 1 FROM ${presence} p WHERE p.process_id = r.id)
         ORDER BY id FOR UPDATE SKIP LOCKED
      )
      DELETE FROM ${processes} r USING dead WHERE r.id = dead.id`),
    lock: statement(`
      SELECT pg_advisory_xact_lock(key) FROM (
        SELECT hashtextextended('koa-chat-module:presence:' || n.person_type || n.person_id, 0) AS key
          FROM unnest($1::text[], $2::bigint[]) AS n (person_type, person_id) ORDER BY 1 OFFSET 0) keys`),
    enter: statement(`
      WITH entered AS (
        INSERT INTO ${presence} (person_type, person_id, process_id)
        SELECT n.person_type, n.person_id, $1::uuid FROM ${people} ON CONFLICT DO NOTHING
      )
      SELECT n.person_type, n.person_id FROM ${people}
       WHERE NOT EXISTS (SELECT 1 FROM ${presence} p WHERE p.person_type = n.person_type AND p.person_id = n.person_id
                            AND ${isLive('p')})`),
    leave: statement(`
      WITH departed AS (
        DELETE FROM ${presence} p USING ${people}
         WHERE p.person_type = n.person_type AND p.person_id = n.person_id AND p.process_id = $1::uuid
        RETURNING p.person_type, p.person_id
      )
      SELECT d.person_type, d.person_id FROM departed d
       WHERE NOT EXISTS (SELECT 1 FROM ${presence} p WHERE p.person_type = d.person_type AND p.person_id = d.person_id
                            AND p.process_id <> $1::uuid)`),
    online: statement(`
      SELECT n.person_type, n.person_id FROM unnest($1::text[], $2::bigint[]) AS n (person_type, person_id)
       WHERE ${isOnline('n.person_type', 'n.person_id')}`),
    chats: (type) => chatLists[type],
    watchers: (type) => watcherLists[type],
  };
}
