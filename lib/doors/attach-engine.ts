import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { interceptEvents } from './intercept-events.js';
import { passOnUpgrades } from './pass-on-upgrades.js';

/** The part of an Engine.IO server that its own `attach` would call. */
export interface Engine {
  handleRequest(req: IncomingMessage, res: ServerResponse): void;
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * Gives an engine what comes to a server for its path, before anybody else sees it. Returns what detaches it.
 *
 * Engine.IO's own `attach` can't be undone, ends foreign upgrades, ties its life to the server's and shields nobody from
 * listeners that come later: a Koa callback would answer its requests too, and a `WebSocketServer` for another path
 * would refuse its upgrades. So this one stands in `emit`, the way that all of them take, whenever they came.
 */
export function attachEngine(server: HttpServer, engine: Engine, path: string): () => void {
  const isOurs = ({ url = '' }: IncomingMessage): boolean => {
    const end = url.search(/[?#]/);
    const pathname = end === -1 ? url : url.slice(0, end);
    return pathname === path || pathname === `${path}/`;
  };

  function take(event: string | symbol, args: readonly unknown[]): boolean {
    if (event === 'request') {
      const [req, res] = args as [IncomingMessage, ServerResponse];
      if (!isOurs(req)) return false;
      engine.handleRequest(req, res);
      return true;
    }
    if (event === 'upgrade') {
      const [req, socket, head] = args as [IncomingMessage, Duplex, Buffer];
      if (!isOurs(req)) return false;
      // Node has taken its own away; without one, a client that goes before the engine has looked ends the process.
      socket.on('error', () => undefined);
      engine.handleUpgrade(req, socket, head);
      return true;
    }
    return false;
  }

  const letGo = interceptEvents(server, take);
  const ignoreUpgrades = passOnUpgrades(server);
  return () => {
    ignoreUpgrades();
    letGo();
  };
}
