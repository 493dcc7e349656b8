import type pg from 'pg';

/** Of each connection: whether a statement on its own reads what is committed, as almost everywhere. */
const isDefault = new WeakMap<pg.Client, boolean>();

/**
 * Runs one statement as READ COMMITTED. The order of ids rests on what a statement sees after it has waited for a lock,
 * and under another default (`default_transaction_isolation` of a database, a role or a host's connection) it would fail
 * instead. Such a default is the host's and stays; a transaction around the statement names another.
 */
export function runReadCommitted<T>(client: pg.Client, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  return isDefault.get(client) === true ? run() : runCarefully(client, timeoutMs, run);
}

async function runCarefully<T>(client: pg.Client, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  const execute = async (text: string) => {
    const query = { text, query_timeout: timeoutMs };
    return client.query<{ default_transaction_isolation: string }>(query);
  };
  if (!isDefault.has(client)) {
    const { rows } = await execute('SHOW default_transaction_isolation');
    isDefault.set(client, rows[0]?.default_transaction_isolation === 'read committed');
  }
  if (isDefault.get(client) === true) return run();

  await execute('BEGIN ISOLATION LEVEL READ COMMITTED');
  try {
    const result = await run();
    await execute('COMMIT');
    return result;
  } catch (error) {
    // Where the connection is broken, this fails too, and says no more than the first.
    await execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
