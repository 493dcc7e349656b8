import type { Logger } from '../logger.js';

interface Connected {
  readonly conn: { close(): unknown };
}

/**
 * Ends the transports and not the sockets: the clients then reconnect by themselves, each after a time of its own, and
 * fetch what they miss, as after any loss of a connection.
 */
export function reconnectAll(sockets: Iterable<Connected>, logger: Logger): void {
  const all = [...sockets];
  logger.info({ sockets: all.length }, 'something was missed: sockets reconnect');
  for (const { conn } of all) conn.close();
}
