import type { z } from 'zod';

/** One way for a route to answer well, as the contracts tell it. Refusals are named by the route's `errors`. */
export interface AnswerDeclaration {
  readonly description: string;
  /** Types what the handler answers. Not parsed at run time: the contracts' tests hold answers against it. */
  readonly body?: z.ZodType;
  /** Of a body that is no JSON. */
  readonly contentType?: string;
  /** Headers beside those of every answer, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

/** A route's good answers, by status. */
export type AnswerDeclarations = Readonly<Record<number, AnswerDeclaration>>;

export interface RouteResponse {
  /** One of the declared `answers`. Default: the lowest of them, and 200 where none is declared. */
  status?: number;
  headers?: Record<string, string>;
  /** A plain object (sent as JSON), a Buffer, a stream, or nothing. */
  body?: unknown;
}

/** What a handler may answer: one of the declared ways, or anything where none is declared. */
export type AnswerOf<A extends AnswerDeclarations> = number extends keyof A
  ? RouteResponse
  : { [S in keyof A & number]: Answered<A[S]> }[keyof A & number];

type Answered<D> = Omit<RouteResponse, 'body'> &
  (D extends { body: infer B extends z.ZodType } ? { body: z.output<B> } : { body?: RouteResponse['body'] });
