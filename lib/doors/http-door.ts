import Router, { type RouterContext, type RouterMiddleware } from '@koa/router';
import type { Context, Middleware, Next } from 'koa';
import { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import { readBearerToken } from '../auth/bearer-token.js';
import { requireUnexpired } from '../auth/require-unexpired.js';
import type { Authentication, TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import type { ChatConfig } from '../config/config.js';
import { chatError } from '../errors.js';
import type { ReceivedFile } from '../images/image.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import { idText, parseInput } from '../parse-input.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Registrar } from '../plugins/registrar.js';
import { bodyKindOf, type RouteDeclaration, type RouteRequest } from '../plugins/route.js';
import type { AddressLimits } from './address-limits.js';
import { toAnswer } from './error-answer.js';
import { filesOf, readForm } from './form/read-form.js';
import { readJsonBody } from './json-body.js';
import { pathOf } from './request-path.js';
import type { Turns } from './turns.js';
import { writeAnswer } from './write-answer.js';

interface Needs {
  config: ChatConfig;
  registrar: Registrar;
  tokenVerifier: TokenVerifier;
  admission: Admission;
  hooks: HookRunner;
  inFlight: InFlight;
  addressLimits: AddressLimits;
  turns: Turns;
  logger: Logger;
}

/** The REST door. */
export interface HttpDoor {
  /** Answers the declared routes; whatever else comes is the host's. */
  readonly middleware: Middleware;
  /** Whether a request would be answered here. */
  answers(method: string, path: string): boolean;
}

/** One request's way: errors -> token -> actor -> `canCall` -> the route's own middleware -> parsing -> handler. */
export function createHttpDoor(needs: Needs): HttpDoor {
  const { config, registrar, tokenVerifier, admission, hooks, inFlight, addressLimits, turns, logger } = needs;
  const router = new Router({ prefix: config.http.basePath });
  for (const route of registrar.routes) {
    const ofForms = bodyKindOf(route) === 'form' ? [beforeForm(route), readForm(config.images)] : [];
    const handlers = [guard(route), ...(route.middleware ?? []), ...ofForms, serve(route)] as RouterMiddleware[];
    router[methods[route.method]](route.path, ...handlers);
  }

  function guard(route: RouteDeclaration) {
    const operation = `${route.method} ${route.path}`;
    // Asked by whoever decides where requests go: it is never too often, and says by itself that the service closes.
    const isHealth = route.auth === 'none' && route.path === config.http.healthPath;
    const pass = async (ctx: Context, next: Next): Promise<void> => {
      addressLimits.count(ctx.req);
      if (route.auth === 'none') return void (await next());
      const { actor, expiresAt } = await admit(ctx, route, operation);
      const work = (): Promise<unknown> => {
        requireUnexpired(expiresAt);
        return next();
      };
      await turns.run(actor, work, () => callsWorth(ctx));
    };
    return async (ctx: Context, next: Next): Promise<void> => {
      try {
        await (isHealth ? next() : inFlight.run(() => pass(ctx, next)));
      } catch (error) {
        refuse(ctx, error, operation);
      }
      if (inFlight.isDraining) endConnection(ctx);
    };
  }

  async function admit(ctx: Context, route: RouteDeclaration, operation: string): Promise<Authentication> {
    // Personal answers are nobody's to keep, refusals among them.
    ctx.set('Cache-Control', 'no-store');
    const authentication = await tokenVerifier.authenticate(readBearerToken(ctx.get('authorization')));
    const { actor } = authentication;
    (ctx as Admitted)[whose] = actor;
    if (hooks.watchesCalls) await hooks.canCall({ door: 'http', operation }, { actor });
    // Of a form, too, input that is wrong costs no look-up.
    if (isAdmittedEarly(route, ctx)) {
      if (route.middleware === undefined) parseInput(route.params ?? nothing, (ctx as RouterContext).params);
      await lookUp(ctx, actor);
    }
    return authentication;
  }

  /** Whether the directory still knows the actor, and what it says of the chat that the path names. */
  function lookUp(ctx: Context, actor: Actor): Promise<void> {
    const chat = idText.safeParse((ctx as RouterContext).params['chatId']);
    return admission.admit(actor, chat.data);
  }

  function beforeForm(route: RouteDeclaration): Middleware {
    const { params = nothing } = route;
    return async (ctx, next) => {
      if (route.beforeForm !== undefined && isForm(ctx)) {
        const actor = actorOf(ctx);
        await route.beforeForm({ actor, params: parseInput(params, (ctx as RouterContext).params) as never });
      }
      await next();
    };
  }

  function serve(route: RouteDeclaration) {
    const readsBody = bodyKindOf(route) !== 'none';
    // The lowest: an object's whole numbers come in order.
    const [usualStatus] = Object.keys(route.answers ?? {}).map(Number);
    const { params = nothing, query = nothing, body = nothing, headers } = route;
    return async (ctx: RouterContext): Promise<void> => {
      const request = new Request(
        ctx,
        parseInput(params, ctx.params),
        parseInput(query, ctx.querystring === '' ? noQuery : singleValues(ctx.query)),
        readsBody ? parseInput(body, await readJsonBody(ctx, config.http.maxJsonBytes)) : undefined,
        headers === undefined ? undefined : parseInput(headers, ctx.headers),
      );
      // Input that is wrong costs no look-up.
      if (route.auth !== 'none' && !isAdmittedEarly(route, ctx)) await lookUp(ctx, request.actor);
      const response = await route.handle(request as RouteRequest<never, never, never, never>);
      await writeAnswer(ctx, response, usualStatus);
    };
  }

  function refuse(ctx: Context, error: unknown, operation: string): void {
    const refusal = toAnswer(error, logger, { door: 'http', operation });
    if (ctx.headerSent || !ctx.writable) return;
    ctx.status = refusal.status;
    ctx.set('Cache-Control', 'no-store');
    if (refusal.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(refusal.retryAfterSeconds)));
    if (refusal.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
    ctx.body = { error: refusal.toPublic() };
  }

  const dispatch = router.routes() as unknown as Middleware;
  return {
    middleware: async (ctx, next) => {
      await (pathOf(ctx) === undefined ? next() : dispatch(ctx, next));
    },
    answers: (method, path) => router.match(path, method).route,
  };
}

/** The next request of the client should go to another process. A server that closes ends idle connections alone. */
function endConnection(ctx: Context): void {
  if (!ctx.headerSent && ctx.req.httpVersionMajor === 1) ctx.set('Connection', 'close');
}

const methods = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** Some 250 messages or chats, as long as people's mostly are. */
const bytesOfOneCall = 64 * 1024;

const nothing = z.unknown();
const noQuery = {};

/** Where a context keeps who was let in. A WeakMap beside it would cost the garbage collector more than the rest. */
const whose = Symbol('actor');
type Admitted = Context & { [whose]?: Actor };

function actorOf(ctx: Context): Actor {
  const actor = (ctx as Admitted)[whose];
  if (actor === undefined) throw new TypeError('a route with auth "none" has no actor');
  return actor;
}

/**
 * Answers that are made at once, and not read from somewhere, are as dear as they are long. Their header says so: Koa's own
 * `length` may have to write the body of somebody's middleware first.
 */
function callsWorth({ response }: Context): number {
  const bytes = response.is('json') === 'json' ? Number(response.get('Content-Length')) : 0;
  return Math.ceil(bytes / bytesOfOneCall) || 1;
}

/** Where more than parsing comes before the handler. */
function isAdmittedEarly(route: RouteDeclaration, ctx: Context): boolean {
  return route.middleware !== undefined || (bodyKindOf(route) === 'form' && isForm(ctx));
}

function isForm(ctx: Context): boolean {
  return ctx.request.type.toLowerCase() === 'multipart/form-data';
}

/** A parameter given twice would be an array, which no schema takes; said so before it gets there. */
function singleValues(query: NodeJS.Dict<string | string[]>): NodeJS.Dict<string | string[]> {
  for (const [field, value] of Object.entries(query)) {
    if (Array.isArray(value)) {
      throw chatError('invalid_request', { details: { issues: [{ field, problem: 'must be given once' }] } });
    }
  }
  return query;
}

class Request implements RouteRequest<unknown, unknown, unknown, unknown> {
  readonly ctx: Context;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: unknown;

  constructor(ctx: Context, params: unknown, query: unknown, body: unknown, headers: unknown) {
    this.ctx = ctx;
    this.params = params;
    this.query = query;
    this.body = body;
    this.headers = headers;
  }

  get actor(): Actor {
    return actorOf(this.ctx);
  }

  get files(): readonly ReceivedFile[] {
    return filesOf(this.ctx);
  }

  /** Made when asked for: most requests are over before anybody could leave. */
  get signal(): AbortSignal {
    const controller = new AbortController();
    // Not the request: that is destroyed as soon as its body has been read.
    const { res } = this.ctx;
    if (res.destroyed && !res.writableFinished) controller.abort();
    res.once('close', () => {
      if (!res.writableFinished) controller.abort();
    });
    return controller.signal;
  }
}
