import type { IncomingMessage, ServerResponse } from 'node:http';

/** Engine.IO answers 500 to a method that long polling has no use for. CORS has answered its preflights by then. */
export function refuseOtherMethods(req: IncomingMessage, res: ServerResponse, next: () => void): void {
  if (req.method === 'GET' || req.method === 'POST') return next();
  // Two steps: where an upgrade is asked for, Engine.IO's stand-in for a response returns nothing from the first.
  res.writeHead(405, { Allow: 'GET, POST' });
  res.end();
}
