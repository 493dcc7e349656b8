import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { cognito, diskImageStore, django, errorCatalogue, sqlDirectory } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { declaredDoors, type DeclaredDoors } from '../support/declared-doors.js';
import { hostTables } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { eventRows, placesOf, routeRows, verdictFor, type Verdict, type Whose } from './matrix-rows.js';
import { absent, setScene, type Place, type Role } from './scene.js';

describe('who may do what, where', () => {
  let host: ChatHost;
  let declared: DeclaredDoors;
  let roles: Role[];

  before(async () => {
    host = await startChatHost();
    roles = await setScene(host);
    declared = await declaredDoors({
      database: { url: host.database.url },
      auth: { issuers: [cognito(host.tokens.cognito), django(host.tokens.django)] },
      directory: sqlDirectory(hostTables),
      images: { store: diskImageStore({ dir: await makeFolder('images') }) },
    });
  });
  after(() => host.close());

  const placeFor = (role: Role, whose: Whose): Place =>
    whose === 'absent' ? absent : whose === 'own' ? role.own : role.foreign;

  it('is said here of every route and every event that there is', () => {
    expect(Object.keys(routeRows)).to.have.members(declared.routes.map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(eventRows)).to.have.members(declared.events.map(({ event }) => event));
    for (const [name, rows] of Object.entries({ ...routeRows, ...eventRows })) expect(rows, name).to.not.be.empty;
  });

  for (const [route, rows] of Object.entries(routeRows)) {
    it(`holds for ${route}`, async () => {
      const method = route.split(' ')[0] ?? '';
      for (const row of rows) {
        for (const role of roles) {
          const bodies = new Map<Whose, unknown>();
          for (const whose of placesOf(row)) {
            const place = placeFor(role, whose);
            const answer = await host
              .as(role.caller)
              .request(row.path(place, role), { method, redirect: 'manual', ...sending(row.body?.(place, role)) });
            bodies.set(whose, answer.body);
            const code = (answer.body as { error?: { code: Verdict } } | undefined)?.error?.code;
            const verdict = code ?? 'ok';
            expect(verdict, `${row.title} by ${role.name}, ${whose}`).to.equal(verdictFor(row, role, whose));
            const status = verdict === 'ok' ? undefined : errorCatalogue[verdict].status;
            if (status === undefined) expect(answer.status).to.be.below(400);
            else expect(answer.status, `${row.title} by ${role.name}, ${whose}`).to.equal(status);
            if (verdict === 'ok') expectOwnChats(answer.body, role);
          }
          // What is another's is told from what is not there by nothing.
          if (row.foreign === row.absent) expect(bodies.get('foreign')).to.deep.equal(bodies.get('absent'));
        }
      }
    });
  }

  describe('on a socket', () => {
    const sockets = new Map<Role, Socket | Verdict>();

    before(async () => {
      for (const role of roles) {
        const refused = (error: { data?: { code?: Verdict } }): Verdict => error.data?.code ?? 'internal_error';
        sockets.set(role, await host.connect(role.caller).catch(refused));
      }
    });

    it('is nothing for whoever is turned away at the handshake', () => {
      for (const [{ name, turnedAway }, socket] of sockets) {
        expect(typeof socket === 'string' ? socket : undefined, name).to.equal(turnedAway);
      }
    });

    for (const [event, rows] of Object.entries(eventRows)) {
      it(`holds for ${event}`, async () => {
        for (const row of rows) {
          for (const [role, socket] of sockets) {
            if (typeof socket === 'string') continue;
            for (const whose of placesOf(row)) {
              const ack = await ask<{ ok: boolean; error?: { code: Verdict } }>(
                socket,
                event,
                row.input(placeFor(role, whose), role),
              );
              const verdict = ack.error?.code ?? 'ok';
              expect(verdict, `${row.title} by ${role.name}, ${whose}`).to.equal(verdictFor(row, role, whose));
            }
          }
        }
      });
    }
  });
});

function sending(body: unknown): RequestInit {
  if (body === undefined || body instanceof FormData) return body === undefined ? {} : { body };
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Of a list of chats: that the caller is in each of them. */
function expectOwnChats(body: unknown, { caller, name }: Role): void {
  const { chats = [] } = (body ?? {}) as { chats?: object[] };
  for (const chat of chats) {
    if (caller === null || 'type' in caller === false) throw new Error(`${name} was given a chat`);
    expect(chat, name).to.have.nested.property(`${caller.type}.id`, caller.id);
  }
}
