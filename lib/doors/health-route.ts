import { z } from 'zod';
import type { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { InFlight } from '../in-flight.js';
import { timestamp } from '../output-shapes.js';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';

const ping = statement('SELECT 1');

/**
 * Open to everybody: says whether the database answers, and nothing more. All who ask meanwhile share one answer of the
 * database's, so that nobody takes its connections by asking. While the module closes it cannot: nobody should be sent here.
 */
export function healthRoute(database: Database, inFlight: InFlight, path: string): RouteDeclaration {
  let asked: Promise<boolean> | undefined;

  function isReached(): Promise<boolean> {
    asked ??= database
      .query(ping, [])
      // Why is in the log of the requests that failed; a health check is asked too often to repeat it.
      .then(
        () => true,
        () => false,
      )
      .finally(() => (asked = undefined));
    return asked;
  }

  return defineRoute({
    operationId: 'getHealth',
    summary: 'Whether the service can reach its database',
    method: 'GET',
    path,
    auth: 'none',
    answers: {
      200: {
        description: 'It can',
        body: health('ok'),
        headers: cacheControl,
        example: { status: 'ok', timestamp: '2026-02-13T11:00:00Z' },
      },
      503: { description: 'It cannot', body: health('unavailable'), headers: cacheControl },
    },
    async handle() {
      const timestamp = new Date().toISOString();
      const headers = { 'Cache-Control': 'no-store' };
      if (!inFlight.isDraining && (await isReached())) return { headers, body: { status: 'ok' as const, timestamp } };
      return { status: 503, headers, body: { status: 'unavailable' as const, timestamp } };
    },
  });
}

const health = <const S extends string>(status: S) => z.object({ status: z.literal(status), timestamp });
const cacheControl = { 'Cache-Control': '`no-store`' };
