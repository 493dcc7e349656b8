import type { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';

const ping = statement('SELECT 1');

/** Open to everybody: says whether the database answers, and nothing more. */
export function healthRoute(database: Database, path: string): RouteDeclaration {
  return defineRoute({
    method: 'GET',
    path,
    auth: 'none',
    async handle() {
      const timestamp = new Date().toISOString();
      const headers = { 'Cache-Control': 'no-store' };
      try {
        await database.query(ping, []);
        return { headers, body: { status: 'ok', timestamp } };
      } catch {
        // Why is in the log of the requests that failed; a health check is asked too often to repeat it.
        return { status: 503, headers, body: { status: 'unavailable', timestamp } };
      }
    },
  });
}
