import type { Directory } from '../../lib/index.js';
import { people, type SeededPerson } from './host-tables.js';

/** A directory of the host's own: the seeded people, all of them Smith's. */
export function seededDirectory(): Required<Pick<Directory, 'findPeople' | 'findAssignedDentist' | 'findByLogin'>> {
  const seeded: readonly SeededPerson[] = Object.values(people);
  return {
    findPeople: async (refs) =>
      seeded.filter((person) => refs.some(({ type, id }) => person.type === type && person.id === id)),
    findAssignedDentist: async () => people.smith.id,
    findByLogin: async (type, login) => seeded.find((person) => person.type === type && person.login === login) ?? null,
  };
}
