import { expect } from 'chai';
import type { Directory, Person } from '../../lib/directory/directory.js';
import { createStanding } from '../../lib/directory/standing.js';
import { refusal } from '../auth/refusal.js';
import { people } from '../support/host-tables.js';

const { john, mary, smith } = people;

describe('who is there', () => {
  it('can be told of all but the one whose entry says not whose it is', async () => {
    const asked: number[] = [];
    const findPeople: Directory['findPeople'] = async (refs) => {
      asked.push(refs.length);
      return [john, { ...mary, id: String(mary.id) }, { ...smith, name: undefined }] as unknown as Person[];
    };
    const directory = { findPeople, findAssignedDentist: async () => smith.id };
    const standing = createStanding({ directory, restMaxAgeMs: 0, socketMaxAgeMs: 3_000 });
    const [johns, marys, smiths] = [standing.isThere(john), standing.isThere(mary), standing.isThere(smith)];
    expect(await johns).to.equal(true);
    expect(await smiths, 'without a name').to.equal(true);
    expect(await refusal(Promise.resolve(marys))).to.include({ code: 'directory_unavailable', status: 503 });
    expect(asked).to.deep.equal([3]);
  });
});
