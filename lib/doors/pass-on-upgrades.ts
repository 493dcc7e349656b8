import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';

type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

const placeholders = new WeakSet<UpgradeListener>();

/**
 * Makes Node emit `upgrade` on a server, which it does only where somebody listens, and undoes what that does to
 * others: a server without such a listener answers a request that asks for an upgrade as if it had not asked (RFC 9110,
 * 7.8), and so it should go on. Clients that ask each server for h2c are common (Java's), and would wait for ever.
 * Returns what ends it.
 */
export function passOnUpgrades(server: HttpServer): () => void {
  const listener: UpgradeListener = (req, socket, head) => {
    const listeners = server.listeners('upgrade') as UpgradeListener[];
    // Of several modules on one server the first does it, and where the host listens, it is the host's to answer.
    if (listeners[0] === listener && listeners.every((one) => placeholders.has(one)))
      giveBack(server, req, socket, head);
  };
  placeholders.add(listener);
  server.on('upgrade', listener);
  return () => void server.off('upgrade', listener);
}

/** Lets the server read the request once more, without the wish for an upgrade. */
function giveBack(server: HttpServer, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? '';
    if (!/^(connection|upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${req.rawHeaders[i + 1] ?? ''}`);
  }
  // Node reads header fields as latin1.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
}
