import { expect } from 'chai';
import { actorById } from '../../lib/auth/actor-mappings.js';
import { createIssuerMap } from '../../lib/auth/issuer-map.js';
import { cognito } from '../../lib/auth/issuers/cognito.js';
import { django } from '../../lib/auth/issuers/django.js';
import { oidc } from '../../lib/auth/issuers/oidc.js';
import { rsaKey } from '../support/jws.js';
import { faultsOf } from './faults.js';

const secret = 's'.repeat(32);
const publicKey = rsaKey(0).publicKey;
const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_Abc', clientId: 'client' };

describe('Issuers that stand side by side', () => {
  it('can be two pools, two Djangos of different algorithms, and another', () => {
    createIssuerMap([
      cognito(pool),
      cognito({ ...pool, userPoolId: 'eu-central-1_Def', name: 'staff' }),
      django({ secret }),
      django({ publicKey, name: 'django-rs' }),
      django({ secret, issuer: 'https://clinic.example', name: 'clinic' }),
      oidc({ issuer: 'https://id.example', audience: 'chat', actor: actorById('dentist', 'id') }),
    ]);
  });

  it('cannot have the same name', () => {
    const faults = faultsOf(() =>
      createIssuerMap([cognito(pool), cognito({ ...pool, userPoolId: 'eu-central-1_Def' })]),
    );
    expect(faults).to.deep.equal(['auth.issuers: "cognito" is there twice; give one a name of its own']);
  });

  it('cannot expect the same iss', () => {
    const faults = faultsOf(() => createIssuerMap([cognito(pool), cognito({ ...pool, name: 'b', clientId: 'other' })]));
    expect(faults).to.deep.equal(['auth.issuers: "cognito" and "b" expect the same iss']);
  });

  it('cannot expect tokens of one algorithm that name no issuer', () => {
    const faults = faultsOf(() => createIssuerMap([django({ secret }), django({ secret, name: 'b' })]));
    expect(faults).to.deep.equal([
      'auth.issuers: "django" and "b" both expect HS256 tokens without iss; give one an iss',
    ]);
  });

  it('are told apart with every fault named at once', () => {
    expect(
      faultsOf(() => createIssuerMap([cognito(pool), cognito(pool), django({ secret }), django({ secret })])),
    ).to.have.length(4);
  });
});
