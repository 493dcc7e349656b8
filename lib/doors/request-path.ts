import type { Context } from 'koa';

/**
 * The path of a request, or undefined where its target has none that can be read: Koa's own way to it throws for some
 * that Node lets pass (`GET http://[ HTTP/1.1`). Those are for nobody's route.
 */
export function pathOf(ctx: Context): string | undefined {
  try {
    return ctx.path;
  } catch {
    return undefined;
  }
}
