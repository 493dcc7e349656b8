import type { PersonRef } from '../../lib/index.js';

// What clients remember. All moments are `performance.now()`.

export type DoorKind = 'rest' | 'socket' | 'picture';
export type PersonType = PersonRef['type'];

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What became of a send, as its client knows it. */
export type Outcome =
  | { readonly kind: 'acked'; readonly id: number }
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer, or one that leaves open what the database did. */
  | { readonly kind: 'unknown'; readonly why: string };

/** One message that a client wants sent, and every attempt at it. */
export interface Sending {
  readonly chatId: number;
  readonly person: PersonType;
  readonly content: string;
  /** Without one it is tried once. */
  readonly clientMessageId: string | undefined;
  readonly attempts: Attempt[];
}

/** Where something was asked: a way in, and which of the service's processes was behind it. */
export interface Place {
  readonly door: DoorKind;
  readonly process: number;
}

export interface Attempt extends Place {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
}

/** An event or a page's message, as a client received it. */
export interface Sighting {
  readonly id: number;
  readonly content: string;
  readonly senderType: PersonType;
  readonly clientMessageId: string | undefined;
  readonly by: 'live' | 'page';
  readonly at: number;
}

export function ackedId({ attempts }: Sending): number | undefined {
  for (const { outcome } of attempts) if (outcome.kind === 'acked') return outcome.id;
  return undefined;
}

/** What a client was told instead of an ack. */
export function toldBy(outcome: Outcome): string | undefined {
  if (outcome.kind === 'acked') return undefined;
  return outcome.kind === 'refused' ? outcome.code : outcome.why;
}
