import pg from 'pg';
import type { PooledClient } from './pooled-client.js';

/** How long the server may take to hear of it. */
const timeoutMs = 1_000;

/** pg's connection, with what its types leave out. */
interface CancelConnection extends NodeJS.EventEmitter {
  readonly stream: { end(): void; destroy(): void };
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks the server to end the statement that a client waits for, on a connection beside it, as the protocol wants it
 * (PostgreSQL documentation, "Canceling Requests in Progress"). Resolves when it was asked, or could not be, and never rejects.
 */
export function cancelStatement(client: PooledClient): Promise<void> {
  const { host, port, ssl, sslNegotiation, processID, secretKey } = client;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return Promise.resolve();
  const connection = new pg.Connection({ ssl, sslNegotiation } as object) as unknown as CancelConnection;
  return new Promise((resolve) => {
    const giveUp = (): void => connection.stream.destroy();
    const timer = setTimeout(giveUp, timeoutMs).unref();
    connection.on('error', giveUp);
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (ssl && sslNegotiation !== 'direct') connection.on('connect', () => connection.requestSsl());
    connection.on(ssl ? 'sslconnect' : 'connect', () => {
      connection.cancel(processID, secretKey);
      connection.stream.end();
    });
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
