import { serverEvents } from '../doors/server-events.js';
import type { Registrar } from '../plugins/registrar.js';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import { writeAsyncApi } from './asyncapi.js';
import { writeOpenApi } from './openapi.js';
import type { JsonObject } from './schema-writer.js';

interface Needs {
  readonly registrar: Registrar;
  readonly basePath: string;
  readonly contractsPath: string;
  /** Where Socket.IO answers. */
  readonly socketPath: string;
}

/** The contracts of this very service, its plugins' included. Written when they are first asked for. */
export function contractRoutes({ registrar, basePath, contractsPath, socketPath }: Needs): RouteDeclaration[] {
  const at = (name: string, write: () => JsonObject): RouteDeclaration => {
    let document: JsonObject | undefined;
    return defineRoute({
      method: 'GET',
      path: `${contractsPath}/${name}`,
      auth: 'none',
      handle: () => ({ headers: { 'Cache-Control': 'no-cache' }, body: (document ??= write()) }),
    });
  };
  return [
    at('openapi.json', () => writeOpenApi(registrar.routes, basePath)),
    at('asyncapi.json', () =>
      writeAsyncApi({ client: registrar.events.values(), server: serverEvents, path: socketPath }),
    ),
  ];
}
