import Router from '@koa/router';
import type { RouteDeclaration } from './route.js';

/** Finds routes that could never answer. */
export interface RouteClaims {
  /** What is wrong with a route, given those before it; undefined, and it is one of them, when nothing is. */
  claim(owner: string, route: RouteDeclaration): string | undefined;
}

/** Asks the router itself, so that letter case, a slash at the end, parameters and wildcards are what they will be. */
export function createRouteClaims(): RouteClaims {
  const router = new Router();
  const owners = new Map<string, string>();
  const nameOf = ({ method, path }: RouteDeclaration): string => `${method} ${path}`;

  return {
    claim(owner, route) {
      // A path that the route would answer. The first of two that answer it wins, and the other is dead.
      const sample = route.path.replaceAll(/[:*]\w+/g, 'x').replaceAll(/[{}]/g, '');
      const [taken] = router.match(sample, route.method).pathAndMethod;
      if (taken !== undefined) {
        const first = `${route.method} ${String(taken.path)}`;
        return `declares the route ${nameOf(route)}, which ${first} of ${owners.get(first)} answers`;
      }
      try {
        router.register(route.path, [route.method], () => undefined);
      } catch (error) {
        return `declares the route ${nameOf(route)}, whose path cannot be read: ${error instanceof Error ? error.message : ''}`;
      }
      owners.set(nameOf(route), owner);
      return undefined;
    },
  };
}
