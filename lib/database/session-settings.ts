import { breaksConnection } from './database-errors.js';
import { discard, type PooledClient } from './pooled-client.js';

/**
 * What statements rest on, and a database, a role or a host's connection may have set otherwise: the order of ids rests on
 * what a statement sees after it has waited for a lock, and dates are read as ISO 8601 (`13/02/2026` of the style
 * `SQL, DMY` would be another day, or none). The other settings that were looked at change nothing that is read or written.
 */
const readSettings = `SELECT current_setting('default_transaction_isolation') AS isolation, current_setting('DateStyle') AS dates`;
const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL DateStyle TO ISO';

/** Of each connection: whether a statement on its own runs under such settings, as almost everywhere. */
const isUsual = new WeakMap<PooledClient, boolean>();

/** Runs one statement under the settings it rests on. Others are the host's and stay: a transaction around it sets them. */
export function runUnderSettings<T>(client: PooledClient, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  return isUsual.get(client) === true ? run() : runCarefully(client, timeoutMs, run);
}

async function runCarefully<T>(client: PooledClient, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  if (!isUsual.has(client)) {
    const { rows } = await client.query<{ isolation: string; dates: string }>(queryOf(readSettings, timeoutMs));
    isUsual.set(client, rows[0]?.isolation === 'read committed' && rows[0].dates.startsWith('ISO'));
  }
  return isUsual.get(client) === true ? run() : inTransaction(client, timeoutMs, run);
}

/**
 * Commits when work resolves, rolls back when it rejects. By hand: Sequelize's own says on the console, which is the
 * host's, that a connection broke in the middle.
 */
export async function inTransaction<T>(client: PooledClient, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const execute = (text: string): Promise<unknown> => client.query(queryOf(text, timeoutMs));
  await execute(begin);
  try {
    const result = await work();
    await execute('COMMIT');
    return result;
  } catch (error) {
    // On a connection that is broken, or in a state that nobody knows, nothing more is said.
    if (breaksConnection(error)) discard(client, error);
    else await execute('ROLLBACK').catch(() => discard(client));
    throw error;
  }
}

export function queryOf(text: string, timeoutMs: number): { text: string; query_timeout: number } {
  return { text, query_timeout: timeoutMs };
}
