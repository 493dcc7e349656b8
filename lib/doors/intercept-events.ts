import type { Server as HttpServer } from 'node:http';

/** Takes an event of a server: true, and nobody else hears of it. */
export type Taker = (event: string | symbol, args: readonly unknown[]) => boolean;

/** One interception a server, whoever comes and goes: else each of several modules would leave a layer behind. */
const interceptions = new WeakMap<HttpServer, { readonly takers: Set<Taker>; release(): void }>();

/** Lets a taker see the events of a server before its listeners do, whenever those came. Returns what ends it. */
export function interceptEvents(server: HttpServer, take: Taker): () => void {
  const interception = interceptions.get(server) ?? intercept(server);
  interception.takers.add(take);
  return () => {
    interception.takers.delete(take);
    if (interception.takers.size === 0) interception.release();
  };
}

function intercept(server: HttpServer) {
  const takers = new Set<Taker>();
  const isOwn = Object.hasOwn(server, 'emit');
  const { emit: earlier } = server;
  const emit = function (this: HttpServer, event: string | symbol, ...args: unknown[]): boolean {
    for (const take of takers) if (take(event, args)) return true;
    return Reflect.apply(earlier, this, [event, ...args] as never);
  };
  server.emit = emit as typeof earlier;

  const interception = {
    takers,
    release(): void {
      // Somebody who came later stands before us: then we stay, pass everything on, and are there for the next taker.
      if (server.emit !== emit) return;
      interceptions.delete(server);
      if (isOwn) server.emit = earlier;
      else Reflect.deleteProperty(server, 'emit');
    },
  };
  interceptions.set(server, interception);
  return interception;
}
