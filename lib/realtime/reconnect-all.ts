import type { Logger } from '../logger.js';

interface Connected {
  readonly conn: { close(): unknown };
}

/**
 * Ends the transports and not the sockets: the clients then reconnect by themselves, each after a time of its own, and
 * fetch what they miss, as after any loss of a connection.
 */
export function reconnectAll(sockets: ReadonlyMap<string, Connected>, logger: Logger): void {
  logger.info({ sockets: sockets.size }, 'something of another process was missed: the sockets here reconnect');
  for (const { conn } of sockets.values()) conn.close();
}
