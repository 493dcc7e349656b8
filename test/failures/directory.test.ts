import { expect } from 'chai';
import type { Directory, Person, PersonRef } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { expectRefusal } from '../support/expectations.js';
import { people, type SeededPerson } from '../support/host-tables.js';
import type { Answer } from '../support/http-client.js';
import { waysToFail, watchUnhandled } from './ways.js';

const { john, mary, smith } = people;
const everybody: readonly SeededPerson[] = Object.values(people);
const known = ({ type, id }: PersonRef): SeededPerson | undefined =>
  everybody.find((person) => person.type === type && person.id === id);

interface Use {
  ask(): Promise<Answer<unknown>>;
  /** Answers of other shapes than the interface promises. */
  readonly wrong: Readonly<Record<string, unknown>>;
}

describe('a directory that fails', () => {
  const whole: Required<Omit<Directory, 'start' | 'findByLogins'>> = {
    findPeople: async (refs) => refs.flatMap((ref) => known(ref) ?? []),
    findAssignedDentist: async () => smith.id,
    findAssignments: async (ids) => ids.map((customerId) => ({ customerId, dentistId: smith.id })),
    findByLogin: async (type, login) =>
      everybody.find((person) => person.type === type && person.login === login) ?? null,
  };
  let broken: Partial<Directory> = {};
  const directory = new Proxy(whole, { get: (_, name) => Reflect.get({ ...whole, ...broken }, name) as unknown });
  let host: ChatHost;
  let chatId: number;

  before(async () => {
    host = await startChatHost({ directory, directoryCacheSeconds: 0 });
    chatId = await startChat(host, john);
  });
  after(() => host.close());

  const notIds = { 'a text': '5', 'a fraction': 1.5, zero: 0 };
  const asJohn = () => host.as(john).post(`/api/chats/${chatId}/messages`, { content: 'Hello' });
  const uses: Record<keyof typeof whole | 'findByLogins', Use> = {
    findPeople: {
      ask: () => host.as(john).get('/api/chats'),
      wrong: {
        nothing: undefined,
        'no list': {},
        'a list of nobody': [null],
      },
    },
    findAssignedDentist: { ask: () => host.as(mary).post('/api/chats/start'), wrong: notIds },
    findAssignments: {
      ask: () => host.as(smith).post(`/api/chats/${chatId}/messages`, { content: 'Hello' }),
      wrong: {
        nothing: undefined,
        'no list': {},
        'a list of nobody': [{}],
        'a text': [{ customerId: 1, dentistId: '5' }],
      },
    },
    findByLogin: {
      ask: asJohn,
      wrong: { 'a number': 1, 'another type': { type: 'dentist', id: 1 }, 'no id': { type: 'customer' } },
    },
    findByLogins: {
      ask: asJohn,
      wrong: {
        nothing: undefined,
        'no list': {},
        'a list of nobody': [{}],
        'no id': [{ login: john.login, id: 0 }],
        'two people': [john, mary].map(({ id }) => ({ login: john.login, id })),
      },
    },
  };

  for (const [method, { ask, wrong }] of Object.entries(uses)) {
    for (const [how, fail] of Object.entries(waysToFail(wrong))) {
      it(`fails one request, which writes nothing: ${method} ${how}`, async () => {
        const unhandled = watchUnhandled();
        const before = await written();
        broken = { [method]: fail };
        const answer = await ask();
        broken = {};
        expectRefusal(answer, 'directory_unavailable');
        expect(await written()).to.deep.equal(before);
        expect((await ask()).status).to.be.within(200, 201);
        await host.database.query('DELETE FROM chat.chats WHERE customer_id = $1', [mary.id]);
        expect(unhandled()).to.deep.equal([]);
      });
    }
  }

  it('shows somebody whose name is no text without one, and says so in the log', async () => {
    const findPeople: Directory['findPeople'] = async (refs) =>
      refs.map((ref) => ({ ...known(ref), ...(ref.type === 'customer' && { name: null }) })) as unknown as Person[];
    broken = { findPeople };
    const { status, body } = await host.as(smith).get('/api/chats');
    broken = {};
    expect(status).to.equal(200);
    expect(body).to.have.nested.property('chats[0].customer.name', '');
    expect(body).to.have.nested.property('chats[0].dentist.name', smith.name);
    const { fields } = host.log.lines.findLast(({ level }) => level === 'warn') ?? {};
    expect(fields?.['err']).to.have.property('message', `findPeople gave customer ${john.id} without a name`);
  });

  function written(): Promise<unknown> {
    return host.database.query(
      'SELECT (SELECT count(*) FROM chat.chats) AS chats, (SELECT count(*) FROM chat.messages) AS messages',
    );
  }
});
