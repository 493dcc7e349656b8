import type { PersonRef } from '../../../lib/client/index.js';

/** Somebody whom a visitor can be. */
export interface DemoPerson extends PersonRef {
  /** `customer-1`: how addresses and the demo's service name them. */
  readonly key: string;
  readonly name: string;
  /** One line about them. */
  readonly about: string;
}

export async function fetchPeople(): Promise<readonly DemoPerson[]> {
  const response = await ask('GET', '/demo/people');
  return ((await response.json()) as { people: readonly DemoPerson[] }).people;
}

/** What signing in would give: a token of the person's own issuer, for some minutes. */
export async function fetchToken(person: string): Promise<string> {
  const response = await ask('POST', `/demo/people/${person}/token`);
  return ((await response.json()) as { token: string }).token;
}

/** The service refuses the next message of this person, once. */
export async function failNextMessage(person: string): Promise<void> {
  await ask('POST', `/demo/people/${person}/next-message-fails`);
}

async function ask(method: 'GET' | 'POST', path: string): Promise<Response> {
  const response = await fetch(path, { method });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}
