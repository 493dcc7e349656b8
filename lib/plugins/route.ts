import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import type { ChatErrorCode } from '../errors.js';
import type { ReceivedFile } from '../images/image.js';
import type { AnswerDeclarations, AnswerOf, RouteResponse } from './answer.js';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who calls a route, and where. */
export interface RouteCaller<Params> {
  readonly actor: Actor;
  readonly params: Params;
}

/** What a route's handler is given: everything parsed, the actor verified. */
export interface RouteRequest<Params, Query, Body, Headers = unknown> {
  readonly actor: Actor;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** Files of the form field `images`, where `bodyKind` is `form`. Gone once the request is answered. */
  readonly files: readonly ReceivedFile[];
  /** Fires when the client goes away before the answer, so that work for nobody can stop. */
  readonly signal: AbortSignal;
  /** The Koa context, for what the declaration cannot say: headers, a stream. Its body and status belong to the door. */
  readonly ctx: Context;
}

/**
 * How the body of a route is read: `json` parses and limits it, `form` takes `multipart/form-data` with image files too
 * (as many and as large as a message may have), `none` leaves the request stream alone.
 */
export type RouteBody = 'none' | 'json' | 'form';

/** What the contracts tell of a route. The module's own say all of it; a route without `answers` is left out of them. */
interface RouteDescription {
  /** Names the operation, and the function of a generated client: one word in camel case, unique. */
  readonly operationId?: string;
  /** What it does, in a few words. */
  readonly summary?: string;
  /** More of it, in Markdown. */
  readonly description?: string;
  /** An example of the JSON body. */
  readonly bodyExample?: unknown;
  /** Beside those that its door, its schemas and its hooks bring along. */
  readonly errors?: readonly ChatErrorCode[];
}

/**
 * A REST route as data. Rooms, stores and plugins declare theirs in this one shape; the HTTP door alone turns it into
 * Koa: token, actor, `canCall` hooks, parsing, handler, answer.
 */
export interface RouteDeclaration extends RouteDescription {
  readonly method: RouteMethod;
  /** A path of `@koa/router`, below the module's `basePath`. */
  readonly path: string;
  /** `actor` (default) needs a verified token; `none` is open to everybody and gets no actor. */
  readonly auth?: 'actor' | 'none';
  /** Default `json` for POST, PUT and PATCH, else `none`. */
  readonly bodyKind?: RouteBody;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Request headers, their names in lower case. */
  readonly headers?: z.ZodType;
  /** Good answers by status; the handler's answer is typed by them. */
  readonly answers?: AnswerDeclarations;
  /** Koa middleware between authorization and parsing, for this route alone. */
  readonly middleware?: readonly Middleware[];
  /** Refuses, by throwing, before a form is read: a stranger's files are not taken in at all. */
  beforeForm?(caller: RouteCaller<never>): Promise<unknown>;
  // A method, so that a handler of parsed types fits: the door calls it with just what the schemas gave.
  handle(request: RouteRequest<never, never, never, never>): Promise<RouteResponse> | RouteResponse;
}

interface TypedRoute<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  H extends z.ZodType,
  A extends AnswerDeclarations,
> extends Omit<RouteDeclaration, 'params' | 'query' | 'body' | 'headers' | 'answers' | 'beforeForm' | 'handle'> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly headers?: H;
  readonly answers?: A;
  beforeForm?(caller: RouteCaller<z.output<P>>): Promise<unknown>;
  handle(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>, z.output<H>>): Promise<AnswerOf<A>> | AnswerOf<A>;
}

/** Declares a route; the types of what its handler is given and answers follow from its schemas. */
export function defineRoute<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  H extends z.ZodType = z.ZodUndefined,
  A extends AnswerDeclarations = AnswerDeclarations,
>(route: TypedRoute<P, Q, B, H, A>): RouteDeclaration;
export function defineRoute(route: RouteDeclaration): RouteDeclaration {
  return route;
}

/** How a route's body is read where it does not say so itself. */
export function bodyKindOf({ bodyKind, method }: RouteDeclaration): RouteBody {
  return bodyKind ?? (['POST', 'PUT', 'PATCH'].includes(method) ? 'json' : 'none');
}
