import { breaksConnection } from './database-errors.js';
import { discard, type PooledClient } from './pooled-client.js';

/** Of each connection: whether a statement on its own reads what is committed, as almost everywhere. */
const isDefault = new WeakMap<PooledClient, boolean>();

/**
 * Runs one statement as READ COMMITTED. The order of ids rests on what a statement sees after it has waited for a lock,
 * and under another default (`default_transaction_isolation` of a database, a role or a host's connection) it would fail
 * instead. Such a default is the host's and stays; a transaction around the statement names another.
 */
export function runReadCommitted<T>(client: PooledClient, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  return isDefault.get(client) === true ? run() : runCarefully(client, timeoutMs, run);
}

async function runCarefully<T>(client: PooledClient, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  if (!isDefault.has(client)) {
    const { rows } = await client.query<{ default_transaction_isolation: string }>(
      queryOf('SHOW default_transaction_isolation', timeoutMs),
    );
    isDefault.set(client, rows[0]?.default_transaction_isolation === 'read committed');
  }
  return isDefault.get(client) === true ? run() : inTransaction(client, timeoutMs, run);
}

/**
 * Commits when work resolves, rolls back when it rejects. By hand: Sequelize's own says on the console, which is the
 * host's, that a connection broke in the middle.
 */
export async function inTransaction<T>(client: PooledClient, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const execute = (text: string): Promise<unknown> => client.query(queryOf(text, timeoutMs));
  await execute('BEGIN ISOLATION LEVEL READ COMMITTED');
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
