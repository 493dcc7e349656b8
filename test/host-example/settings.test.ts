import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { SettingsError } from '../../host-example/settings-reader.js';
import { readSettings } from '../../host-example/settings.js';

describe('the settings of the host example', () => {
  const complete = {
    DATABASE_URL: 'postgres://chat:secret@db.example:5432/chat',
    COGNITO_REGION: 'eu-central-1',
    COGNITO_USER_POOL_ID: 'eu-central-1_AbCdEfGhI',
    COGNITO_CLIENT_ID: '4tq1q3exampleclient',
    DJANGO_SECRET_KEY: 'thirty-two bytes and some more, at least',
  };
  const faultsOf = (env: Record<string, string | undefined>): readonly string[] => {
    try {
      readSettings(env);
    } catch (error) {
      if (error instanceof SettingsError) return error.faults;
      throw error;
    }
    return [];
  };

  it('are those of the demo when nothing is configured, and it is local', () => {
    const demo = { mode: 'demo', port: 3000, host: '127.0.0.1', dataDir: resolve('.data') };
    expect(readSettings({})).to.deep.equal(demo);
    expect(readSettings({ PORT: '8080', HOST: '0.0.0.0' })).to.deep.equal({ ...demo, port: 8080, host: '0.0.0.0' });
  });

  it('never mean the demo when any of them is there, be it empty, or in production', () => {
    for (const name of ['DATABASE_URL', 'COGNITO_ISSUER', 'DJANGO_JWKS_URI', 'S3_BUCKET', 'REDIS_URL', 'RATE_LIMIT']) {
      expect(faultsOf({ [name]: '' }), name).to.include.members([
        'DATABASE_URL is missing: give postgres://user:password@host:5432/database',
      ]);
    }
    expect(faultsOf({ NODE_ENV: 'production' })).to.have.length(5);
  });

  it('are read as they are given', () => {
    expect(readSettings(complete)).to.deep.equal({
      mode: 'service',
      port: 3000,
      host: undefined,
      publicUrl: undefined,
      databaseUrl: complete.DATABASE_URL,
      cognito: {
        region: 'eu-central-1',
        userPoolId: 'eu-central-1_AbCdEfGhI',
        clientId: ['4tq1q3exampleclient'],
        issuer: undefined,
        jwksUri: undefined,
      },
      django: {
        secret: complete.DJANGO_SECRET_KEY,
        publicKey: undefined,
        jwksUri: undefined,
        issuer: undefined,
        audience: undefined,
      },
      images: { kind: 'none' },
      corsOrigins: [],
      redisUrl: undefined,
      limitsRate: true,
    });
  });

  it('take several clients and origins, S3, Redis, and no limit of the rate', () => {
    const settings = readSettings({
      ...complete,
      COGNITO_CLIENT_ID: 'web, phone',
      COGNITO_ISSUER: 'http://localhost:9229/pool',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
      S3_BUCKET: 'pictures',
      S3_REGION: 'eu-central-1',
      S3_ENDPOINT: 'http://localhost:9000',
      REDIS_URL: 'redis://localhost:6379',
      RATE_LIMIT: 'off',
    });
    expect(settings).to.deep.include({
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      images: { kind: 's3', bucket: 'pictures', region: 'eu-central-1', endpoint: 'http://localhost:9000' },
      redisUrl: 'redis://localhost:6379',
      limitsRate: false,
    });
    expect(settings).to.have.nested.property('cognito.clientId').that.deep.equals(['web', 'phone']);
  });

  it('take a public key in one line', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
    const { DJANGO_SECRET_KEY: _, ...withoutSecret } = complete;
    const settings = readSettings({ ...withoutSecret, DJANGO_PUBLIC_KEY: pem.replaceAll('\n', '\\n') });
    expect(settings).to.have.nested.property('django.publicKey', pem);
  });

  describe('say in one line each what is wrong', () => {
    const wrong: readonly [what: string, env: Record<string, string | undefined>, line: RegExp][] = [
      ['a port that is no number', { PORT: '80a' }, /^PORT must be a whole number from 0 to 65535$/],
      ['a port that is none', { PORT: '65536' }, /^PORT must be/],
      [
        'a database that is not PostgreSQL',
        { DATABASE_URL: 'mysql://db/chat' },
        /^DATABASE_URL must be a URL that begins with postgres:\/\/ or postgresql:\/\/$/,
      ],
      ['no region', { COGNITO_REGION: undefined }, /^COGNITO_REGION is missing: /],
      ['no user pool', { COGNITO_USER_POOL_ID: ' ' }, /^COGNITO_USER_POOL_ID is missing: /],
      ['no client', { COGNITO_CLIENT_ID: undefined }, /^COGNITO_CLIENT_ID is missing: /],
      ['an issuer that is no URL', { COGNITO_ISSUER: 'localhost' }, /^COGNITO_ISSUER must be a URL/],
      [
        'no key of Django',
        { DJANGO_SECRET_KEY: undefined },
        /^DJANGO_SECRET_KEY, DJANGO_PUBLIC_KEY, DJANGO_JWKS_URI: one of them is missing/,
      ],
      [
        'two keys of Django',
        { DJANGO_JWKS_URI: 'https://clinic.example/jwks' },
        /^DJANGO_SECRET_KEY and DJANGO_JWKS_URI exclude each other/,
      ],
      [
        'a short secret',
        { DJANGO_SECRET_KEY: 'short' },
        /^DJANGO_SECRET_KEY is too short: HS256 needs at least 32 bytes$/,
      ],
      [
        'a public key that is none',
        { DJANGO_SECRET_KEY: undefined, DJANGO_PUBLIC_KEY: 'MIIB' },
        /^DJANGO_PUBLIC_KEY must be a public key in PEM$/,
      ],
      [
        'two places for pictures',
        { S3_BUCKET: 'b', S3_REGION: 'r', IMAGES_DIR: '/images' },
        /^S3_BUCKET and IMAGES_DIR exclude each other/,
      ],
      ['a bucket without its region', { S3_BUCKET: 'b' }, /^S3_REGION is missing: /],
      ['a region without a bucket', { S3_REGION: 'eu-central-1' }, /^S3_REGION is of no use without S3_BUCKET$/],
      ['an origin with a path', { CORS_ORIGINS: 'https://a.example/app' }, /^CORS_ORIGINS must be origins/],
      ['every origin', { CORS_ORIGINS: '*' }, /^CORS_ORIGINS must be origins/],
      [
        'a Redis that is none',
        { REDIS_URL: 'http://localhost:6379' },
        /^REDIS_URL must be a URL that begins with redis:\/\/ or rediss:\/\/$/,
      ],
      ['a rate limit that is neither', { RATE_LIMIT: '100' }, /^RATE_LIMIT must be on or off$/],
    ];
    for (const [what, changes, line] of wrong) {
      it(what, () => {
        const faults = faultsOf({ ...complete, ...changes });
        expect(faults).to.have.length(1);
        expect(faults[0]).to.match(line);
      });
    }

    it('all at once', () => {
      expect(faultsOf({ DATABASE_URL: 'db', PORT: 'x', RATE_LIMIT: 'perhaps' })).to.have.length(7);
    });

    it('without repeating a secret', () => {
      const env = {
        ...complete,
        DATABASE_URL: 'mysql://chat:hunter2@db',
        DJANGO_SECRET_KEY: 'hunter2',
        REDIS_URL: 'x://:hunter2@r',
      };
      expect(faultsOf(env).join('\n')).not.to.include('hunter2');
    });
  });
});
