import type pg from 'pg';

/** A connection of Sequelize's pool. */
export type PooledClient = pg.Client & {
  /** Sequelize drops a pooled client marked so instead of handing it out again. */
  _invalid?: boolean;
  readonly connection?: { readonly stream?: { destroy(): void } };
};

/** Ends the link at once: a server that hangs would not answer a goodbye either. */
export function discard(client: PooledClient): void {
  client._invalid = true;
  client.connection?.stream?.destroy();
}
