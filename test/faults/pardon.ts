import type { Excuse, Fault } from './faults/fault.js';
import type { DoorKind, PersonType, Span } from './journal.js';

/** The first success after an outage is due after this, and nobody is told of it any more. In milliseconds. */
export const recoveryMs = 3_000;
/** Clients whose connection is gone try again within this. */
export const reconnectMs = 2_000;

/** What clients may have been told beside success, whom, and when. */
export interface Pardon {
  readonly excuses: readonly Excuse[];
  readonly span: Span;
  /** The same for the sockets, which have to find their way back. */
  readonly socketSpan: Span;
}

export function pardonOf({ excuses, deafMs = 0 }: Fault, { from, until }: Span): Pardon {
  return {
    excuses,
    span: { from, until: until + recoveryMs },
    socketSpan: { from, until: until + recoveryMs + reconnectMs + deafMs },
  };
}

/** Something that a client was told, and while it waited for what. */
export interface Told extends Span {
  readonly code: string;
  readonly door: DoorKind;
  readonly person: PersonType;
}

/** With no pardon nothing is. */
export function isPardoned(pardon: Pardon | undefined, told: Told): boolean {
  if (pardon === undefined) return false;
  const { from, until } = told.door === 'socket' ? pardon.socketSpan : pardon.span;
  const isThen = told.from < until && told.until > from;
  return isThen && pardon.excuses.some((excuse) => fits(excuse, told));
}

function fits(excuse: Excuse, { code, door, person }: Told): boolean {
  return (
    excuse.code === code &&
    (excuse.door === undefined || excuse.door === door) &&
    (excuse.person === undefined || excuse.person === person)
  );
}
