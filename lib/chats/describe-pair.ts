import type { People } from '../directory/people.js';
import type { Chat, StartChatInput } from './chat.js';

/** What a chat tells of its two people. */
export type Both = Pick<Chat, 'customer' | 'dentist'>;

/** Both people of a chat by name and address; whom the directory does not know any more has neither. */
export async function describePair(people: People, { customerId, dentistId }: StartChatInput): Promise<Both> {
  const customer = { type: 'customer', id: customerId } as const;
  const dentist = { type: 'dentist', id: dentistId } as const;
  const named = await people.findPeople([customer, dentist]);
  const nameOf = (ref: typeof customer | typeof dentist) => {
    const person = named.get(ref);
    return { id: ref.id, name: person?.name ?? '', email: person?.email ?? null };
  };
  return { customer: nameOf(customer), dentist: nameOf(dentist) };
}
