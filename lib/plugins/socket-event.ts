import type { z } from 'zod';
import type { Actor } from '../auth/actor.js';

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

/**
 * A client-to-server socket event as data. The socket door alone turns it into Socket.IO: `canCall` hooks, parsing,
 * handler, ack. What the handler returns is sent as `{ ok: true, ...result }`.
 */
export interface EventDeclaration {
  readonly event: string;
  readonly input?: z.ZodType;
  handle(request: EventRequest<never>): Promise<object | void> | object | void;
}

interface TypedEvent<I extends z.ZodType> extends Omit<EventDeclaration, 'input' | 'handle'> {
  readonly input?: I;
  handle(request: EventRequest<z.output<I>>): Promise<object | void> | object | void;
}

/** Declares a socket event; the handler's types follow from its schema. */
export function defineEvent<I extends z.ZodType = z.ZodUndefined>(event: TypedEvent<I>): EventDeclaration {
  return event;
}
