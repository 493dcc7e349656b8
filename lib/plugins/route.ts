import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import type { ReceivedFile } from '../images/image.js';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route's handler is given: everything parsed, the actor verified. */
export interface RouteRequest<Params, Query, Body> {
  readonly actor: Actor;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Files of the form field `images`, where `bodyKind` is `form`. Gone once the request is answered. */
  readonly files: readonly ReceivedFile[];
  /** Fires when the client goes away before the answer, so that work for nobody can stop. */
  readonly signal: AbortSignal;
  /** The Koa context, for what the declaration cannot say: headers, a stream. Its body and status belong to the door. */
  readonly ctx: Context;
}

export interface RouteResponse {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** A plain object (sent as JSON), a Buffer, a stream, or nothing. */
  body?: unknown;
}

/**
 * How the body of a route is read: `json` parses and limits it, `form` takes `multipart/form-data` with image files too
 * (as many and as large as a message may have), `none` leaves the request stream alone.
 */
export type RouteBody = 'none' | 'json' | 'form';

/**
 * A REST route as data. Rooms, stores and plugins declare theirs in this one shape; the HTTP door alone turns it into
 * Koa: token, actor, `canCall` hooks, parsing, handler, answer.
 */
export interface RouteDeclaration {
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
  /** Koa middleware between authorization and parsing, for this route alone. */
  readonly middleware?: readonly Middleware[];
  // A method, so that a handler of parsed types fits: the door calls it with just what the schemas gave.
  handle(request: RouteRequest<never, never, never>): Promise<RouteResponse> | RouteResponse;
}

interface TypedRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> extends Omit<
  RouteDeclaration,
  'params' | 'query' | 'body' | 'handle'
> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  handle(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>): Promise<RouteResponse> | RouteResponse;
}

/** Declares a route; the handler's types follow from its schemas. */
export function defineRoute<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(route: TypedRoute<P, Q, B>): RouteDeclaration {
  return route;
}
