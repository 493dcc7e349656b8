/** The two kinds of people who talk to each other. */
export const personTypes = ['customer', 'dentist'] as const;

export type PersonType = (typeof personTypes)[number];

/** A person: customer 1 and dentist 1 are two people, so the id alone names nobody. */
export interface PersonRef {
  readonly type: PersonType;
  /** A positive integer, at most 2^53-1. */
  readonly id: number;
}

/** The person on whose behalf an operation runs, as a verified token or the host's own code names them. */
export type Actor = PersonRef;

export function isPersonRef(value: unknown): value is PersonRef {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as { type?: unknown; id?: unknown };
  return personTypes.includes(type as PersonType) && isPersonId(id);
}

export function isPersonId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** The other side of a chat: a customer talks to dentists, a dentist to customers. */
export function otherType(type: PersonType): PersonType {
  return type === 'customer' ? 'dentist' : 'customer';
}
