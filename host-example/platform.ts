import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Pool } from 'pg';
import type { SqlDirectoryOptions } from '../lib/index.js';

/**
 * The platform's own people. A real one has such tables already, and the chat only reads them; this example makes them
 * where they are not there, so that the service comes up on an empty database.
 */
export async function createPeopleTables(database: Pool): Promise<void> {
  // Two processes that start at once would collide in the catalogue, in spite of IF NOT EXISTS.
  await database.query(`
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('host-example: people'));
    CREATE TABLE IF NOT EXISTS dentists (
      id             bigint PRIMARY KEY,
      name           text NOT NULL,
      email          text,
      django_user_id bigint UNIQUE
    );
    CREATE TABLE IF NOT EXISTS customers (
      id          bigint PRIMARY KEY,
      name        text NOT NULL,
      email       text,
      cognito_sub text UNIQUE,
      dentist_id  bigint REFERENCES dentists (id)
    );
    COMMIT;
  `);
}

/** Where the chat finds people: their names, how their tokens name them, and who is whose dentist. */
export const peopleTables = {
  customers: {
    table: 'customers',
    id: 'id',
    name: 'name',
    email: 'email',
    login: 'cognito_sub',
    dentist: 'dentist_id',
  },
  dentists: { table: 'dentists', id: 'id', name: 'name', email: 'email', login: 'django_user_id' },
} as const satisfies SqlDirectoryOptions;

/** A route of the platform's own, beside the chat's: who works here, as a clinic's public page would say it. */
export function platformRoutes(database: Pool): Middleware {
  const router = new Router({ prefix: '/api/platform' });
  router.get('/dentists', async (ctx) => {
    const { rows } = await database.query<{ name: string }>('SELECT name FROM dentists ORDER BY name');
    ctx.body = { dentists: rows };
  });
  return router.routes() as Middleware;
}
