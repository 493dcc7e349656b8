import { randomUUID } from 'node:crypto';
import type { PersonRef } from '../../lib/index.js';
import type { ChatHost } from './chat-host.js';
import { people } from './host-tables.js';

/** A customer beside the seeded people: an actor, and a caller too. */
export type FurtherCustomer = PersonRef & { readonly token: string };

let lastId = 1_000;

/** Puts further customers of a dentist in the host's tables, for tests that need many chats. */
export async function addCustomers(
  host: ChatHost,
  count: number,
  dentist: PersonRef = people.smith,
): Promise<FurtherCustomer[]> {
  const added = Array.from({ length: count }, () => ({ id: (lastId += 1), login: randomUUID() }));
  await host.database.query(
    `INSERT INTO customers (id, name, cognito_sub, dentist_id)
     SELECT n.id, 'Customer ' || n.id, n.login, $3 FROM unnest($1::int[], $2::text[]) AS n (id, login)`,
    [added.map(({ id }) => id), added.map(({ login }) => login), dentist.id],
  );
  return added.map(({ id, login }) => ({ type: 'customer', id, token: host.tokens.cognitoAccess(login) }));
}
