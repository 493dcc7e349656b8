import type { ChatModuleOptions } from '../../lib/index.js';
import { parseConfig } from '../../lib/config/parse-config.js';
import { createChatContainer } from '../../lib/container.js';
import { createDomainEvents } from '../../lib/domain-events.js';
import type { RouteDeclaration } from '../../lib/plugins/route.js';
import type { EventDeclaration } from '../../lib/plugins/socket-event.js';

/** What answers at the doors of a module with these options, from its own registrar: whatever is added later is in it. */
export interface DeclaredDoors {
  readonly routes: readonly RouteDeclaration[];
  readonly events: readonly EventDeclaration[];
}

/** Opens nothing but what it closes again. */
export async function declaredDoors(options: ChatModuleOptions): Promise<DeclaredDoors> {
  const config = parseConfig(options);
  const { cradle } = createChatContainer(config, createDomainEvents(config.logger));
  await cradle.socketDoor.close();
  cradle.tokenVerifier.close();
  await cradle.database.close();
  return { routes: cradle.registrar.routes, events: [...cradle.registrar.events.values()] };
}
