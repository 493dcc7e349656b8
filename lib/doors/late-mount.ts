import type Koa from 'koa';
import type { Context } from 'koa';
import { ChatSetupError } from '../errors.js';
import { pathOf } from './request-path.js';

type Handle = (this: Koa, ctx: Context, composed: unknown) => Promise<unknown>;

/** Whether a request is one for the module's routes. */
export type Answers = (method: string, path: string) => boolean;

/**
 * Koa copies its middleware when `callback()` is called (`listen()` does), and what is used later is not in that copy.
 * This hands requests that the module answers on to the middleware of a younger callback of the same app: the host's
 * before ours runs as ever, and whatever stands before Koa (another app of the server, a proxy of headers) keeps its say.
 * The first such request goes through that callback, which is the way to what it has composed.
 *
 * `handleRequest` is where all callbacks of an app meet. It is no public method of Koa; it is the same in 2.15 and 3.
 * @throws ChatSetupError where an app has no such method.
 */
export function mountLate(app: Koa, answers: Answers): void {
  const koa = app as unknown as { handleRequest?: Handle };
  const { handleRequest } = koa;
  if (typeof handleRequest !== 'function') {
    throw new ChatSetupError('mount(app, server) came after app.callback() or app.listen(): call it before');
  }
  /** The app's middleware as a callback of now has it, and how much that was; `taking` while one is asked for it. */
  let younger: unknown;
  let count = 0;
  let taking = false;

  function isAnswered(ctx: Context): boolean {
    const path = pathOf(ctx);
    return path !== undefined && answers(ctx.method, path);
  }

  koa.handleRequest = function (ctx, composed) {
    if (taking) {
      younger = composed;
      count = app.middleware.length;
    } else if (composed !== younger && isAnswered(ctx)) {
      // What is used since is not in that copy either: the routes of a module that follows ours.
      if (younger !== undefined && count === app.middleware.length) return handleRequest.call(this, ctx, younger);
      taking = true;
      try {
        return app.callback()(ctx.req, ctx.res);
      } finally {
        taking = false;
      }
    }
    return handleRequest.call(this, ctx, composed);
  };
}

/** Whether `callback()` may have been called: it leaves this trace. A host's own listener costs only a detour. */
export function mayBeComposed(app: Koa): boolean {
  return app.listenerCount('error') > 0;
}
