import { expect } from 'chai';
import sinon from 'sinon';
import { actorById, actorByLogin } from '../../lib/auth/actor-mappings.js';
import type { ActorLookup, Claims } from '../../lib/auth/issuer.js';

const claims = (more: Record<string, unknown>): Claims => ({ exp: 4_000_000_000, ...more });

describe('Mapping claims to a person', () => {
  describe('by login', () => {
    const findByLogin = sinon.stub<Parameters<ActorLookup['findByLogin']>, ReturnType<ActorLookup['findByLogin']>>();

    beforeEach(() => {
      findByLogin.reset();
      findByLogin.resolves({ type: 'dentist', id: 3 });
    });

    it('looks the sub up', async () => {
      expect(await actorByLogin('customer')(claims({ sub: 'a-b' }), { findByLogin })).to.deep.equal({
        type: 'dentist',
        id: 3,
      });
      expect(findByLogin.args).to.deep.equal([['customer', 'a-b']]);
    });

    it('looks another claim up, and numbers as their digits', async () => {
      const mapping = actorByLogin('dentist', 'user_id');
      await mapping(claims({ user_id: 905 }), { findByLogin });
      await mapping(claims({ user_id: '905' }), { findByLogin });
      expect(findByLogin.args).to.deep.equal([
        ['dentist', '905'],
        ['dentist', '905'],
      ]);
    });

    for (const value of [undefined, null, '', true, 1.5, 2 ** 53, {}, ['905']]) {
      it(`finds nobody for ${JSON.stringify(value)}, and asks nobody`, async () => {
        expect(await actorByLogin('dentist', 'user_id')(claims({ user_id: value }), { findByLogin })).to.equal(null);
        expect(findByLogin.callCount).to.equal(0);
      });
    }
  });

  describe('by id', () => {
    const lookup = { findByLogin: () => Promise.reject(new Error('not asked')) };

    for (const value of [7, '7']) {
      it(`takes ${JSON.stringify(value)} for the id`, () => {
        expect(actorById('dentist', 'id')(claims({ id: value }), lookup)).to.deep.equal({ type: 'dentist', id: 7 });
      });
    }

    for (const value of [
      undefined,
      null,
      0,
      -1,
      1.5,
      2 ** 53,
      '',
      '07',
      '+7',
      '7 ',
      '1e3',
      '9'.repeat(17),
      true,
      {},
      [7],
    ]) {
      it(`takes ${JSON.stringify(value)} for nobody`, () => {
        expect(actorById('dentist', 'id')(claims({ id: value }), lookup)).to.equal(null);
      });
    }
  });
});
