import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { Context } from 'koa';
import { ChatSetupError } from '../errors.js';

type Handle = (this: Koa, ctx: Context, composed: unknown) => Promise<unknown>;
type Callback = (req: IncomingMessage, res: ServerResponse) => Promise<unknown>;

/** Whether a request is one for the module's routes. */
export type Answers = (method: string, path: string) => boolean;

/**
 * Koa copies its middleware when `callback()` is called (`listen()` does), and what is used later is not in that copy.
 * This hands requests that the module answers on to a younger callback of the same app: the host's middleware before
 * ours runs as ever, and whatever stands before Koa (another app of the server, a proxy of headers) keeps its say.
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
  const handedOn = new WeakSet<IncomingMessage>();
  let callback: Callback | undefined;

  koa.handleRequest = function (ctx, composed) {
    const { req, res } = ctx;
    if (handedOn.has(req) || !answers(ctx.method, ctx.path)) return handleRequest.call(this, ctx, composed);
    handedOn.add(req);
    callback ??= app.callback();
    return callback(req, res);
  };
}

/** Whether `callback()` may have been called: it leaves this trace. A host's own listener costs only a detour. */
export function mayBeComposed(app: Koa): boolean {
  return app.listenerCount('error') > 0;
}
