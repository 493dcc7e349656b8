import { ChatSetupError } from '../errors.js';
import { createRouteClaims } from './route-claims.js';
import type { RouteDeclaration } from './route.js';
import type { EventDeclaration } from './socket-event.js';

/** What answers at the doors, gathered from rooms, stores and plugins alike. */
export interface Registrar {
  /** `owner` is named when two declare the same. */
  register(
    owner: string,
    declared: { routes?: readonly RouteDeclaration[]; events?: readonly EventDeclaration[] },
  ): void;
  readonly routes: readonly RouteDeclaration[];
  readonly events: ReadonlyMap<string, EventDeclaration>;
}

/** Names that Socket.IO keeps for itself, on either side. */
const reservedEvents = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** @throws ChatSetupError from `register` when a route or an event is taken, or cannot be. */
export function createRegistrar(): Registrar {
  const routes: RouteDeclaration[] = [];
  const events = new Map<string, EventDeclaration>();
  const routeClaims = createRouteClaims();
  const eventOwners = new Map<string, string>();

  function claimEvent(owner: string, { event }: EventDeclaration): string | undefined {
    if (reservedEvents.has(event)) return `declares the event "${event}", which Socket.IO keeps for itself`;
    const holder = eventOwners.get(event);
    if (holder !== undefined) return `declares the event "${event}", which ${holder} declares`;
    eventOwners.set(event, owner);
    return undefined;
  }

  return {
    routes,
    events,
    register(owner, { routes: newRoutes = [], events: newEvents = [] }) {
      const faults: (string | undefined)[] = [];
      for (const route of newRoutes) {
        faults.push(routeClaims.claim(owner, route));
        routes.push(route);
      }
      for (const event of newEvents) {
        faults.push(claimEvent(owner, event));
        events.set(event.event, event);
      }
      const found = faults.filter((fault) => fault !== undefined);
      if (found.length === 0) return;
      throw new ChatSetupError(
        'The plugins do not fit together',
        found.map((fault) => `plugins: ${owner} ${fault}`),
      );
    },
  };
}
