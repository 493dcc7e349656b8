/** What became of a send, as its client knows it. */
export type Outcome =
  | { readonly kind: 'acked'; readonly id: number }
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer, or one that leaves open what the database did. */
  | { readonly kind: 'unknown'; readonly why: string };

/** One message that a client wants sent, and every attempt at it. */
export interface Sending {
  readonly chatId: number;
  readonly content: string;
  /** Without one it is tried once. */
  readonly clientMessageId: string | undefined;
  readonly attempts: Attempt[];
}

export interface Attempt {
  readonly door: 'rest' | 'socket' | 'picture';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
}

/** An event or a page's message, as a client received it. */
export interface Sighting {
  readonly id: number;
  readonly content: string;
  readonly by: 'live' | 'page';
}

export function ackedId({ attempts }: Sending): number | undefined {
  for (const { outcome } of attempts) if (outcome.kind === 'acked') return outcome.id;
  return undefined;
}
