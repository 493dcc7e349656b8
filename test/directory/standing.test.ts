import { expect } from 'chai';
import type { Directory, Person } from '../../lib/directory/directory.js';
import { createStanding, type Pair } from '../../lib/directory/standing.js';
import { refusal } from '../auth/refusal.js';
import { people } from '../support/host-tables.js';
import { recordingLogger } from '../support/recording-logger.js';

const { john, mary, nia, smith, lind } = people;
const ages = { restMaxAgeMs: 0, socketMaxAgeMs: 3_000 };

describe('who is there', () => {
  it('can be told of all but the one whose entry says not whose it is', async () => {
    const asked: number[] = [];
    const findPeople: Directory['findPeople'] = async (refs) => {
      asked.push(refs.length);
      return [john, { ...mary, id: String(mary.id) }, { ...smith, name: undefined }] as unknown as Person[];
    };
    const directory = { findPeople, findAssignedDentist: async () => smith.id };
    const standing = createStanding({ directory, logger: recordingLogger(), ...ages });
    const [johns, marys, smiths] = [standing.isThere(john), standing.isThere(mary), standing.isThere(smith)];
    expect(await johns).to.equal(true);
    expect(await smiths, 'without a name').to.equal(true);
    expect(await refusal(Promise.resolve(marys))).to.include({ code: 'directory_unavailable', status: 503 });
    expect(asked).to.deep.equal([3]);
  });
});

describe('whose dentist is whose', () => {
  const findPeople: Directory['findPeople'] = async () => [];
  const findAssignedDentist = async (): Promise<number | null> => null;
  const pairs = [john, mary, nia].map(({ id }) => ({ customerId: id, dentistId: smith.id }));
  const [johns, marys, nias] = pairs as [Pair, Pair, Pair];

  const ways: Readonly<Record<string, Partial<Directory>>> = {
    'a list has no id for': {
      findAssignments: async () => [
        { customerId: john.id, dentistId: smith.id },
        { customerId: mary.id, dentistId: 0 },
        { customerId: nia.id, dentistId: lind.id },
      ],
    },
    'a list may have meant without saying so': {
      findAssignments: async () => [
        { customerId: john.id, dentistId: smith.id },
        { customerId: nia.id, dentistId: lind.id },
        { customerId: String(mary.id) as unknown as number, dentistId: smith.id },
      ],
    },
    'cannot be asked for by themselves': {
      findAssignedDentist: async (id) => {
        if (id === mary.id) throw new Error('down');
        return id === john.id ? smith.id : lind.id;
      },
    },
    'are not told of in time': {
      findAssignedDentist: (id) =>
        id === mary.id ? new Promise(() => undefined) : Promise.resolve(id === john.id ? smith.id : lind.id),
    },
  };

  for (const [what, way] of Object.entries(ways)) {
    it(`can be told of all but those whom ${what}`, async () => {
      const log = recordingLogger();
      const directory = { findPeople, findAssignedDentist, ...way };
      const standing = createStanding({ directory, logger: log, timeoutMs: 50, ...ages });
      const answers = pairs.map(async (pair) => standing.isAssigned(pair));
      answers.forEach((answer) => answer.catch(() => undefined));
      expect(await answers[0]).to.equal(true);
      expect(await refusal(Promise.resolve(answers[1]))).to.include({ code: 'directory_unavailable', status: 503 });
      expect(await answers[2]).to.equal(false);
      for (const reliance of ['asked', 'known', 'asked'] as const)
        expect(await standing.areAssigned([johns, marys, nias], reliance)).to.deep.equal([true, false, false]);
      expect(log.lines, 'once for a customer').to.have.length(1);
    });
  }

  it('can be told again of one who could not, and who alone is an outage again then', async () => {
    let isOdd = true;
    const directory: Directory = {
      findPeople,
      findAssignedDentist: async (id) => {
        if (id === mary.id && isOdd) throw new Error('down');
        return smith.id;
      },
    };
    const standing = createStanding({ directory, logger: recordingLogger(), ...ages });
    expect(await standing.areAssigned([johns, marys], 'asked')).to.deep.equal([true, false]);
    expect(await standing.areAssigned([marys], 'asked'), 'who is known to fail').to.deep.equal([false]);
    isOdd = false;
    expect(await standing.areAssigned([marys], 'asked')).to.deep.equal([true]);
    isOdd = true;
    expect(await refusal(standing.areAssigned([marys], 'asked'))).to.include({ code: 'directory_unavailable' });
  });

  it('cannot be told at all where the directory fails for each', async () => {
    const directory: Directory = { findPeople, findAssignedDentist: () => Promise.reject(new Error('down')) };
    const standing = createStanding({ directory, logger: recordingLogger(), ...ages });
    expect(await refusal(standing.areAssigned(pairs, 'asked'))).to.include({ code: 'directory_unavailable' });
  });
});
