import type { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import type { ChatErrorCode } from '../errors.js';

/** The connection an event came in on, as far as a handler may know it. */
export interface EventSource {
  readonly socketId: string;
  readonly actor: Actor;
}

export interface EventRequest<Input> {
  readonly actor: Actor;
  readonly input: Input;
  readonly source: EventSource;
}

/** What the contracts tell of an event. The module's own say all of it; an event without `ack` is left out of them. */
interface EventDescription {
  /** What it does, in a few words. */
  readonly summary?: string;
  /** More of it, in Markdown. */
  readonly description?: string;
  /** Beside those that the door, the schema and hooks bring along. */
  readonly errors?: readonly ChatErrorCode[];
  /** An example of the input. */
  readonly example?: unknown;
}

/**
 * A client-to-server socket event as data. The socket door alone turns it into Socket.IO: `canCall` hooks, parsing,
 * handler, ack. What the handler returns is sent as `{ ok: true, ...result }`.
 */
export interface EventDeclaration extends EventDescription {
  readonly event: string;
  readonly input?: z.ZodType;
  /** What a good ack holds beside `ok`; types what the handler returns. Not parsed at run time. */
  readonly ack?: z.ZodType<object>;
  handle(request: EventRequest<never>): Promise<object | void> | object | void;
}

interface TypedEvent<I extends z.ZodType, A extends z.ZodType<object>> extends Omit<
  EventDeclaration,
  'input' | 'ack' | 'handle'
> {
  readonly input?: I;
  readonly ack?: A;
  handle(request: EventRequest<z.output<I>>): Promise<ResultOf<A>> | ResultOf<A>;
}

/** Of an event that declares no ack, or one of nothing, nothing needs to be returned. */
type ResultOf<A extends z.ZodType<object>> = string extends keyof z.output<A> ? object | void : Result<z.output<A>>;
type Result<R> = [keyof R] extends [never] ? object | void : R;

/** Declares a socket event; the types of its handler's input and result follow from its schemas. */
export function defineEvent<I extends z.ZodType = z.ZodUndefined, A extends z.ZodType<object> = z.ZodType<object>>(
  event: TypedEvent<I, A>,
): EventDeclaration {
  return event;
}
