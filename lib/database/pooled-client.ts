import type pg from 'pg';
import { cancelStatement } from './cancel-statement.js';
import { isReadTimeout } from './database-errors.js';

/** A connection of Sequelize's pool. */
export type PooledClient = pg.Client & {
  /** Sequelize drops a pooled client marked so instead of handing it out again. */
  _invalid?: boolean;
  readonly connection?: { readonly stream?: { destroy(): void } };
  readonly sslNegotiation?: string;
  /** What the server knows the session by; not there where a pooler gives none. */
  readonly processID?: number | null;
  readonly secretKey?: number | null;
};

/**
 * Ends the link at once: a server that hangs would not answer a goodbye either. A statement that was not answered in time
 * may wait for a lock, and no session notices while it waits that nobody is there any more: the server is told, or it
 * would write later what the caller was told had failed. (Its own statement timeout ends it too, but a host's pool may
 * have none, and a pooler between may swallow it.)
 */
export function discard(client: PooledClient, why?: unknown): void {
  if (client._invalid) return;
  client._invalid = true;
  const end = (): void => void client.connection?.stream?.destroy();
  // Before the link goes: a pooler knows by it whose statement is meant.
  if (isReadTimeout(why)) void cancelStatement(client).then(end);
  else end();
}
