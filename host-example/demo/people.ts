import type { Pool } from 'pg';
import type { PersonRef } from '../../lib/index.js';

/** Somebody whom a visitor of the demo can be. */
export interface DemoPerson extends PersonRef {
  /** How addresses and the demo's routes name them: `customer-1`. */
  readonly key: string;
  readonly name: string;
  readonly email: string;
  /** How their tokens name them: a Cognito `sub`, a Django user id. Never the id that the chat knows. */
  readonly login: string;
  readonly about: string;
}

export const novak = dentist(
  1,
  'Dr. Clara Novak',
  'c.novak@fernhill.example',
  4107,
  'Orthodontist. Two patients write to her.',
);
export const okafor = dentist(
  2,
  'Dr. Samuel Okafor',
  's.okafor@fernhill.example',
  4112,
  'New here. Nobody has written to him yet.',
);

export const emma = customer(
  1,
  'Emma Lindqvist',
  'emma.lindqvist@mail.example',
  'Wears aligners, week 9. A long conversation.',
);
export const jonas = customer(2, 'Jonas Weber', 'jonas.weber@mail.example', 'Has just begun. Waits for an answer.');
export const amara = customer(3, 'Amara Diallo', 'amara.diallo@mail.example', 'Has not written to her dentist yet.');

const dentistOf = new Map<DemoPerson, DemoPerson>([
  [emma, novak],
  [jonas, novak],
  [amara, okafor],
]);

export const people: readonly DemoPerson[] = [emma, jonas, amara, novak, okafor];

/** Puts the people into the platform's tables, as often as it is called. */
export async function insertPeople(database: Pool): Promise<void> {
  for (const { id, name, email, login } of [novak, okafor]) {
    await database.query(
      `INSERT INTO dentists (id, name, email, django_user_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
                                      django_user_id = excluded.django_user_id`,
      [id, name, email, login],
    );
  }
  for (const [{ id, name, email, login }, dentist] of dentistOf) {
    await database.query(
      `INSERT INTO customers (id, name, email, cognito_sub, dentist_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
                                      cognito_sub = excluded.cognito_sub, dentist_id = excluded.dentist_id`,
      [id, name, email, login, dentist.id],
    );
  }
}

function customer(id: number, name: string, email: string, about: string): DemoPerson {
  const login = `0f7c2a4e-5d1b-4c3e-9a68-${String(id).padStart(12, '0')}`;
  return { key: `customer-${id}`, type: 'customer', id, name, email, login, about };
}

function dentist(id: number, name: string, email: string, djangoUserId: number, about: string): DemoPerson {
  return { key: `dentist-${id}`, type: 'dentist', id, name, email, login: String(djangoUserId), about };
}
