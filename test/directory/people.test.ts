import { expect } from 'chai';
import sinon from 'sinon';
import type { PersonRef, PersonType } from '../../lib/auth/actor.js';
import type { Directory, Person } from '../../lib/directory/directory.js';
import { createPeople, type People, type PeopleOptions } from '../../lib/directory/people.js';
import { chatError } from '../../lib/errors.js';
import { refusal } from '../auth/refusal.js';
import { recordingLogger } from '../support/recording-logger.js';

const customer = (id: number): PersonRef => ({ type: 'customer', id });
const dentist = (id: number): PersonRef => ({ type: 'dentist', id });
const person = ({ type, id }: PersonRef): Person => ({ type, id, name: `${type} ${id}`, email: null });

describe('People', () => {
  let now: number;
  let log = recordingLogger();
  const findPeople = sinon.stub<Parameters<Directory['findPeople']>, ReturnType<Directory['findPeople']>>();
  const findAssignedDentist = sinon.stub<Parameters<Directory['findAssignedDentist']>, Promise<number | null>>();
  const findByLogin = sinon.stub<
    Parameters<NonNullable<Directory['findByLogin']>>,
    ReturnType<NonNullable<Directory['findByLogin']>>
  >();

  const open = (options: Partial<PeopleOptions> = {}): People =>
    createPeople({
      directory: { findPeople, findAssignedDentist, findByLogin },
      logger: log,
      cacheSeconds: 30,
      loginMaxAgeMs: 3_000,
      now: () => now,
      ...options,
    });

  beforeEach(() => {
    now = 1_000_000;
    log = recordingLogger();
    findPeople.reset();
    findAssignedDentist.reset();
    findByLogin.reset();
    // Everybody with an id below 5,000 exists.
    findPeople.callsFake(async (refs) => refs.filter(({ id }) => id < 5_000).map(person));
    findByLogin.callsFake(async (type, login) => (login === 'known' ? { type, id: 1 } : null));
  });

  describe('who are asked for by ref', () => {
    it('are told apart by type and id, and missing when they do not exist', async () => {
      const found = await open().findPeople([customer(1), dentist(1), customer(9_999)]);
      expect(found.get(customer(1))).to.deep.equal(person(customer(1)));
      expect(found.get(dentist(1))).to.deep.equal(person(dentist(1)));
      expect(found.get(customer(9_999))).to.equal(undefined);
      expect(found.get(dentist(2)), 'not asked for').to.equal(undefined);
    });

    it('are nobody when nobody is asked for', async () => {
      expect((await open().findPeople([])).get(customer(1))).to.equal(undefined);
      expect(findPeople.callCount).to.equal(0);
    });

    it('within one tick are one question, each of them once', async () => {
      const people = open();
      const ask = async (...refs: PersonRef[]): Promise<unknown> => {
        await Promise.resolve();
        return people.findPeople(refs);
      };
      await Promise.all([ask(customer(1), dentist(1)), ask(customer(1), customer(1)), ask(dentist(2))]);
      expect(findPeople.args).to.deep.equal([[[customer(1), dentist(1), dentist(2)]]]);
    });

    it('are asked for in questions of at most 1,000', async () => {
      const refs = Array.from({ length: 2_001 }, (_, i) => customer(i + 1));
      const found = await open().findPeople(refs);
      expect(findPeople.args.map(([asked]) => asked.length)).to.deep.equal([1_000, 1_000, 1]);
      expect(refs.every((ref) => found.get(ref) !== undefined)).to.equal(true);
    });

    it('are not asked for again while they are remembered', async () => {
      const people = open();
      await people.findPeople([customer(1)]);
      now += 29_999;
      await people.findPeople([customer(1), customer(2)]);
      expect(findPeople.args).to.deep.equal([[[customer(1)]], [[customer(2)]]]);
      now += 2;
      await people.findPeople([customer(1)]);
      expect(findPeople.callCount).to.equal(3);
    });

    it('are missed for five seconds at most', async () => {
      const people = open();
      await people.findPeople([customer(9_999)]);
      now += 4_999;
      await people.findPeople([customer(9_999)]);
      expect(findPeople.callCount).to.equal(1);
      now += 2;
      await people.findPeople([customer(9_999)]);
      expect(findPeople.callCount).to.equal(2);
    });

    it('are asked for each time when nothing may be remembered', async () => {
      const people = open({ cacheSeconds: 0 });
      await people.findPeople([customer(1)]);
      await people.findPeople([customer(1)]);
      expect(findPeople.callCount).to.equal(2);
    });

    it('are asked for once while the answer is on its way', async () => {
      let answer: ((people: Person[]) => void) | undefined;
      findPeople.callsFake(() => new Promise((resolve) => (answer = resolve)));
      const people = open({ cacheSeconds: 0 });
      const first = people.findPeople([customer(1)]);
      await new Promise(process.nextTick);
      const second = people.findPeople([customer(1)]);
      answer?.([person(customer(1))]);
      expect((await first).get(customer(1))).to.equal((await second).get(customer(1)));
      expect(findPeople.callCount).to.equal(1);
    });

    it('are remembered in a bounded number, the least recently used forgotten first', async () => {
      const people = open({ cacheSize: 2 });
      for (const id of [1, 2, 1, 3, 1]) await people.findPeople([customer(id)]);
      expect(findPeople.callCount).to.equal(3);
      await people.findPeople([customer(2)]);
      expect(findPeople.callCount).to.equal(4);
    });

    it('fail alone when one question of several fails, and are asked for again', async () => {
      const people = open();
      findPeople.onSecondCall().rejects(new Error('down'));
      const refs = Array.from({ length: 1_500 }, (_, i) => customer(i + 1));
      const [first, last] = [people.findPeople(refs.slice(0, 1_000)), people.findPeople(refs.slice(1_000))];
      expect((await refusal(last)).code).to.equal('directory_unavailable');
      await first;
      findPeople.onThirdCall().resolves([person(customer(1_500))]);
      expect((await people.findPeople([customer(1_500)])).get(customer(1_500))).not.to.equal(undefined);
    });

    it('carry nothing but type, id, name and email, and cannot be changed', async () => {
      findPeople.resolves([{ ...person(customer(1)), email: undefined, password: 'x' } as unknown as Person]);
      const found = (await open().findPeople([customer(1)])).get(customer(1));
      expect(found).to.deep.equal({ type: 'customer', id: 1, name: 'customer 1', email: null });
      expect(found).to.be.frozen;
    });

    it('go without a name or an address that is no text, which is logged', async () => {
      const wrong = [
        { ...customer(1), name: null },
        { ...customer(2), name: 'x', email: 1 },
      ];
      findPeople.resolves([...wrong, person(customer(3))] as unknown as Person[]);
      const found = await open().findPeople([customer(1), customer(2), customer(3)]);
      expect(found.get(customer(1))).to.deep.equal({ ...customer(1), name: '', email: null });
      expect(found.get(customer(2))).to.deep.equal({ ...customer(2), name: 'x', email: null });
      expect(found.get(customer(3))).to.deep.equal(person(customer(3)));
      const [line] = log.lines;
      expect(log.lines).to.have.length(1);
      expect(line).to.include({ level: 'warn' });
      expect((line?.fields['err'] as Error).message).to.equal('findPeople gave customer 1 without a name');
    });

    it('fail alone where an entry may be theirs, beside those who are found', async () => {
      findPeople.resolves([person(customer(1)), { ...person(customer(2)), id: '2' } as unknown as Person]);
      const people = open();
      const [first, second] = [people.findPeople([customer(1)]), people.findPeople([customer(2)])];
      expect((await first).get(customer(1))).to.deep.equal(person(customer(1)));
      expect(await refusal(second)).to.include({ code: 'directory_unavailable', status: 503 });
      expect(findPeople.callCount).to.equal(1);
    });

    it('are none but those who were asked for', async () => {
      findPeople.resolves([person(customer(1)), person(customer(2))]);
      const people = open();
      await people.findPeople([customer(1)]);
      await people.findPeople([customer(2)]);
      expect(findPeople.callCount).to.equal(2);
    });
  });

  describe('who are asked for by login', () => {
    it('are found by type and login, and remembered briefly', async () => {
      const people = open();
      expect(await people.findByLogin('customer', 'known')).to.deep.equal(customer(1));
      expect(await people.findByLogin('dentist', 'known')).to.deep.equal(dentist(1));
      await people.findByLogin('customer', 'known');
      expect(findByLogin.callCount).to.equal(2);
      now += 30_001;
      await people.findByLogin('customer', 'known');
      expect(findByLogin.callCount).to.equal(3);
    });

    it('are not missed once they are there', async () => {
      const people = open();
      expect(await people.findByLogin('customer', 'unknown')).to.equal(null);
      now += 1;
      findByLogin.callsFake(async (type) => ({ type, id: 2 }));
      expect(await people.findByLogin('customer', 'unknown')).to.deep.equal(customer(2));
    });

    it('are one question of each type for all that is under way', async () => {
      const findByLogins = sinon.spy(async (_type: PersonType, logins: readonly string[]) =>
        logins.map((login) => ({ login, id: Number(login) })),
      );
      const people = open({ directory: { findPeople, findAssignedDentist, findByLogin, findByLogins } });
      const ask = (type: PersonType, ...logins: string[]) =>
        Promise.all(logins.map((login) => people.findByLogin(type, login)));
      const found = await Promise.all([ask('customer', '1', '2', '1'), ask('dentist', '1')]);
      expect(found).to.deep.equal([[customer(1), customer(2), customer(1)], [dentist(1)]]);
      expect(findByLogins.args).to.deep.equal([
        ['customer', ['1', '2']],
        ['dentist', ['1']],
      ]);
      expect(findByLogin.callCount).to.equal(0);
    });

    it('fail alone', async () => {
      findByLogin.withArgs('customer', 'bad').rejects(new Error('down'));
      const people = open();
      const [bad, good] = [people.findByLogin('customer', 'bad'), people.findByLogin('customer', 'known')];
      expect((await refusal(bad)).code).to.equal('directory_unavailable');
      expect(await good).to.deep.equal(customer(1));
    });

    it('are directory_unavailable when the directory knows no logins', async () => {
      const people = open({ directory: { findPeople, findAssignedDentist } });
      const error = await refusal(people.findByLogin('customer', 'known'));
      expect(error.code).to.equal('directory_unavailable');
      expect((error.cause as Error).message).to.match(/has no findByLogin/);
    });
  });

  it('are told their dentist afresh each time', async () => {
    findAssignedDentist.onFirstCall().resolves(5).onSecondCall().resolves(null);
    const people = open();
    expect(await people.findAssignedDentist(1)).to.equal(5);
    expect(await people.findAssignedDentist(1)).to.equal(null);
  });

  describe('of a directory that fails', () => {
    const questions: Record<string, (people: People) => Promise<unknown>> = {
      findPeople: (people) => people.findPeople([customer(1)]),
      findAssignedDentist: (people) => people.findAssignedDentist(1),
      findByLogin: (people) => people.findByLogin('customer', 'known'),
    };
    const stubs = { findPeople, findAssignedDentist, findByLogin };

    for (const [method, ask] of Object.entries(questions)) {
      const stub = stubs[method as keyof typeof stubs] as sinon.SinonStub;

      it(`are directory_unavailable when ${method} rejects or throws, with the reason for the log alone`, async () => {
        const reason = new Error('down');
        for (const fail of [() => stub.rejects(reason), () => stub.throws(reason)]) {
          fail();
          const error = await refusal(ask(open()));
          expect(error).to.include({ code: 'directory_unavailable', status: 503, cause: reason });
          expect(JSON.stringify(error.toPublic())).not.to.include('down');
        }
      });

      it(`let a ChatError of ${method} through`, async () => {
        stub.rejects(chatError('database_unavailable'));
        expect((await refusal(ask(open()))).code).to.equal('database_unavailable');
      });

      it(`do not wait for ${method} for ever, nor mind an answer that comes too late`, async () => {
        let fail: ((reason: Error) => void) | undefined;
        stub.callsFake(() => new Promise((_, reject) => (fail = reject)));
        expect((await refusal(ask(open({ timeoutMs: 10 })))).code).to.equal('directory_unavailable');
        fail?.(new Error('too late'));
        await new Promise(setImmediate);
      });

      it(`ask ${method} again after a failure`, async () => {
        const people = open();
        stub.rejects(new Error('down'));
        await refusal(ask(people));
        await refusal(ask(people));
        expect(stub.callCount).to.equal(2);
      });
    }

    const wrongAnswers: readonly [method: keyof typeof stubs, answer: unknown][] = [
      ['findPeople', null],
      ['findPeople', {}],
      ['findPeople', [null]],
      ['findPeople', [{ type: 'customer', id: '1', name: 'x' }]],
      ['findPeople', [{ type: 'admin', id: 1, name: 'x' }]],
      ['findAssignedDentist', '5'],
      ['findAssignedDentist', 0],
      ['findAssignedDentist', 1.5],
      ['findByLogin', 1],
      ['findByLogin', { type: 'customer', id: 0 }],
      ['findByLogin', { type: 'dentist', id: 1 }],
    ];
    for (const [method, answer] of wrongAnswers) {
      it(`are directory_unavailable when ${method} gives ${JSON.stringify(answer)}`, async () => {
        (stubs[method] as sinon.SinonStub).resolves(answer);
        const error = await refusal((questions[method] as (people: People) => Promise<unknown>)(open()));
        expect(error.code).to.equal('directory_unavailable');
        expect((error.cause as Error).message).to.include(method);
      });
    }

    it('have no dentist, or no login, when the answer is undefined', async () => {
      findAssignedDentist.resolves(undefined);
      findByLogin.resolves(undefined);
      expect(await open().findAssignedDentist(1)).to.equal(null);
      expect(await open().findByLogin('customer', 'x')).to.equal(null);
    });
  });
});
