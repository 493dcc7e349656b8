import type { DatabaseConfig } from '../config/config.js';
import { isReadTimeout, sqlStateOf } from './database-errors.js';
import type { PooledClient } from './pooled-client.js';

/** Sequelize's pool, the module's own or the host's. */
export interface ClientPool {
  getConnection(options: { type: 'read' | 'write' }): Promise<PooledClient>;
  releaseConnection(client: PooledClient): void;
  readonly config: { readonly pool: { readonly max: number } };
}

/** Those who wait for a client of the pool. */
export interface ClientLine {
  /** Rejects where none comes in time, counted from `since`; one that comes later goes back to the pool. */
  acquire(since: number): Promise<PooledClient>;
  /** Gives a client back. */
  release(client: PooledClient): void;
  /** Tells what a statement failed with, while its client is held still. */
  failed(error: unknown): void;
}

/** Where the pool is stuck: who has waited, or held a client, for longer than this. */
const patienceMs = 500;

/**
 * Where all clients are stuck in statements, and one of these runs out of time, so will the others: whoever has waited
 * behind them is refused with it. A call asks more than once, and would wait through the next ones as well.
 */
export function createClientLine(pool: ClientPool, config: DatabaseConfig): ClientLine {
  const { sequelize, acquireTimeoutMs } = config;
  const waiting = new Set<{ since: number; refuse: () => void }>();
  /** Since when each is. */
  const held = new Map<PooledClient, number>();

  return {
    acquire(since) {
      const acquiring = pool.getConnection({ type: 'write' });
      return new Promise((resolve, reject) => {
        const refuse = (): void => {
          if (waiting.delete(one)) reject(new Error('timeout expired'));
        };
        const one = { since, refuse };
        waiting.add(one);
        // A host's pool may let one wait for longer than an answer may take.
        const timer = sequelize && setTimeout(refuse, Math.max(0, acquireTimeoutMs - (performance.now() - since)));
        acquiring.then(
          (client) => {
            clearTimeout(timer);
            if (!waiting.delete(one)) return pool.releaseConnection(client);
            held.set(client, performance.now());
            resolve(client);
          },
          (error: Error) => {
            clearTimeout(timer);
            waiting.delete(one);
            reject(error);
          },
        );
      });
    },

    release(client) {
      held.delete(client);
      pool.releaseConnection(client);
    },

    failed(error) {
      if (!isReadTimeout(error) && sqlStateOf(error) !== queryCanceled) return;
      const longest = performance.now() - patienceMs;
      if (held.size < pool.config.pool.max || [...held.values()].some((since) => since > longest)) return;
      for (const { since, refuse } of waiting) if (since < longest) refuse();
    },
  };
}

/** What the server says of a statement that ran out of its own time. */
const queryCanceled = '57014';
