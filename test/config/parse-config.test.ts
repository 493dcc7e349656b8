import { expect } from 'chai';
import { Sequelize } from 'sequelize';
import sinon from 'sinon';
import { parseConfig } from '../../lib/config/parse-config.js';
import {
  ChatSetupError,
  cognito,
  createChatModule,
  defineRoute,
  diskImageStore,
  django,
  actorById,
  sqlDirectory,
} from '../../lib/index.js';
import type { ChatModuleOptions } from '../../lib/index.js';

const secret = 'a secret of forty characters for the test';
const directory = {
  findPeople: () => Promise.resolve([]),
  findAssignedDentist: () => Promise.resolve(null),
  findByLogin: () => Promise.resolve(null),
};

function options(changes: object = {}): ChatModuleOptions {
  return {
    database: { url: 'postgres://user:pass-word@127.0.0.1:1/chat' },
    auth: { issuers: [django({ secret })] },
    directory,
    ...changes,
  };
}

/** The faults that `createChatModule` finds. */
function faultsOf(given: unknown): readonly string[] {
  try {
    createChatModule(given as ChatModuleOptions);
  } catch (error) {
    if (!(error instanceof ChatSetupError)) throw error;
    const [summary] = error.message.split(':\n');
    expect(summary).to.equal('createChatModule was given options that it cannot use');
    expect(error.message).not.to.include('pass-word').and.not.to.include(secret);
    return error.faults;
  }
  return [];
}

const pool = cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_TestPool1', clientId: 'client' });

describe('the configuration', () => {
  const plugin = { name: 'audit', version: '1.0.0' };
  const database = (change: object) => ({ database: { url: 'postgres://127.0.0.1/chat', ...change } });
  const wrong: [what: string, options: unknown, faults: string[]][] = [
    ['no options at all', undefined, ['options: must be an object']],
    ['options that are no object', 'postgres://127.0.0.1', ['options: must be an object']],
    [
      'empty options',
      {},
      [
        'database: must be an object',
        'auth: must be an object',
        'directory: missing; give sqlDirectory({ ... }), an object with findPeople and findAssignedDentist, or a plugin that provides one',
      ],
    ],
    ['an option that there is not', options({ databse: {} }), ['databse: no such option']],
    ['one below', options({ http: { basepath: '/v1' } }), ['http.basepath: no such option']],
    [
      'two below',
      options(database({ pool: 5, ssl: true, host: 'x' })),
      ['database.pool: no such option', 'database.host: no such option'],
    ],

    ['neither url nor sequelize', options({ database: {} }), ['database: give either url or sequelize']],
    [
      'both url and sequelize',
      options(database({ sequelize: new Sequelize('postgres://127.0.0.1/chat') })),
      ['database: give either url or sequelize'],
    ],
    ['a url that is none', options(database({ url: 'localhost:5432' })), ['database.url: must be a postgres:// url']],
    ['a url of another kind', options(database({ url: 'mysql://x/y' })), ['database.url: must be a postgres:// url']],
    ['a url that is no text', options(database({ url: 7 })), ['database.url: must be a postgres:// url']],
    [
      'an instance that is none',
      options({ database: { sequelize: {} } }),
      ['database.sequelize: must be a Sequelize instance'],
    ],
    [
      'an instance for another database',
      options({ database: { sequelize: { transaction() {}, define() {}, getDialect: () => 'sqlite' } } }),
      ['database.sequelize: must be of the postgres dialect'],
    ],
    [
      'an instance on pg-native',
      options({ database: { sequelize: new Sequelize({ dialect: 'postgres', native: true }) } }),
      ['database.sequelize: must be made without native: true (pg-native)'],
    ],
    ['an empty schema', options(database({ schema: '' })), ['database.schema: must be a name of 1 to 63 bytes']],
    [
      'a schema of 64 bytes',
      options(database({ schema: 'ö'.repeat(32) })),
      ['database.schema: must be a name of 1 to 63 bytes'],
    ],
    ['a schema with a NUL', options(database({ schema: 'a\0' })), ['database.schema: must be a name of 1 to 63 bytes']],
    [
      'a schema with half a character',
      options(database({ schema: '\ud800' })),
      ['database.schema: must be a name of 1 to 63 bytes'],
    ],
    ["PostgreSQL's schemas", options(database({ schema: 'PG_x' })), ['database.schema: must not begin with "pg_"']],
    [
      'a pool of none',
      options(database({ poolSize: 0 })),
      ['database.poolSize: must be a whole number from 1 to 1,000'],
    ],
    [
      'half a connection',
      options(database({ poolSize: 1.5 })),
      ['database.poolSize: must be a whole number from 1 to 1,000'],
    ],
    [
      'a number as text',
      options(database({ statementTimeoutMs: '4000' })),
      ['database.statementTimeoutMs: must be a whole number from 100 to 600,000'],
    ],
    ['TLS that is a word', options(database({ ssl: 'on' })), ['database.ssl: must be true, false or an object']],

    [
      'an origin that is a whole address',
      options({ realtime: { origins: ['https://app.example/'] } }),
      ['realtime.origins[0]: must be an origin such as https://app.example, or a regular expression'],
    ],
    [
      'a proxy that is no address',
      options({ limits: { trustProxy: ['everybody'] } }),
      ['limits.trustProxy: names what is no address'],
    ],
    [
      'trust that is a word',
      options({ limits: { trustProxy: 'loopback' } }),
      ['limits.trustProxy: must be how many proxies to trust, or a list of their addresses'],
    ],
    [
      'a limit that lets nobody in',
      options({ limits: { socketsPerPerson: 0 } }),
      ['limits.socketsPerPerson: must be a whole number from 1 to 100,000'],
    ],

    ['no issuers', options({ auth: { issuers: [] } }), ['auth.issuers: must name at least one issuer']],
    [
      'issuers that are no list',
      options({ auth: { issuers: django({ secret }) } }),
      ['auth.issuers: must be an array of issuers'],
    ],
    [
      'an issuer made by hand',
      options({ auth: { issuers: [{ name: 'mine', iss: 'x' }] } }),
      ['auth.issuers[0]: must be made by cognito(...), django(...) or oidc(...)'],
    ],
    [
      'two issuers that cannot be told apart',
      options({ auth: { issuers: [django({ secret }), django({ secret, name: 'other' })] } }),
      ['auth.issuers[1]: expects tokens without iss that are signed with HS256, as "django" does: give one an iss'],
    ],
    [
      'the same issuer twice',
      options({
        auth: { issuers: [1, 2].map(() => cognito({ region: 'eu-west-1', userPoolId: 'eu-west-1_a', clientId: 'c' })) },
      }),
      [
        'auth.issuers[1]: has the name of another issuer, "cognito": give it a name of its own',
        'auth.issuers[1]: expects the same iss as "cognito"',
      ],
    ],

    [
      'a directory without findByLogin where tokens name logins',
      options({ directory: { ...directory, findByLogin: undefined }, auth: { issuers: [pool, django({ secret })] } }),
      [
        'directory: cannot find a customer by login, as auth.issuers[0] ("cognito") asks it to: give it findByLogin',
        'directory: cannot find a dentist by login, as auth.issuers[1] ("django") asks it to: give it findByLogin',
      ],
    ],
    [
      'tables without a column of logins where tokens name logins',
      options({
        directory: sqlDirectory({ customers: { table: 'c' }, dentists: { table: 'd', login: 'user_id' } }),
        auth: { issuers: [pool, django({ secret })] },
      }),
      [
        'directory: cannot find a customer by login, as auth.issuers[0] ("cognito") asks it to: set sqlDirectory\'s customers.login',
      ],
    ],
    [
      'a directory that is none',
      options({ directory: { findPeople: () => [] } }),
      ['directory: must be sqlDirectory({ ... }) or an object with findPeople and findAssignedDentist'],
    ],
    [
      'a cache that never forgets',
      options({ directoryCacheSeconds: Infinity }),
      ['directoryCacheSeconds: must be a number of seconds from 0 to 3,600'],
    ],
    [
      'a longest message of none',
      options({ messages: { maxLength: 0 } }),
      ['messages.maxLength: must be a whole number from 1 to 100,000'],
    ],
    [
      'an image store that is none',
      options({ images: { store: { put() {} } } }),
      ['images.store: must be an image store: s3ImageStore({ ... }), diskImageStore({ ... }) or your own'],
    ],
    [
      'animations of another kind',
      options({ images: { animations: 'all' } }),
      ['images.animations: must be first-frame or keep'],
    ],
    [
      'a path without its slash',
      options({ realtime: { path: 'chat' } }),
      ['realtime.path: must be a path that begins with "/"'],
    ],
    [
      'the path of everything',
      options({ realtime: { path: '/' } }),
      ['realtime.path: must be more than "/", which is the host\'s'],
    ],
    [
      'a path with a query',
      options({ http: { basePath: '/v1?x' } }),
      ['http.basePath: must be a path that begins with "/", or empty'],
    ],
    [
      'a health path that is a number',
      options({ http: { healthPath: 0 } }),
      ['http.healthPath: must be a path that begins with "/", or false'],
    ],
    [
      'CORS that is a word',
      options({ realtime: { cors: '*' } }),
      [
        'realtime.cors: must be an object such as { origin: ["https://app.example"] }, with "*" for any origin, or a function',
      ],
    ],
    [
      'an adapter of another name',
      options({ realtime: { adapter: 'redis' } }),
      ['realtime.adapter: must be "postgres" or a Socket.IO adapter'],
    ],
    ['a section that is no object', options({ http: null }), ['http: must be an object']],
    ['a word for yes', options({ migrate: 'yes' }), ['migrate: must be true or false']],
    ['half a logger', options({ logger: { info() {} } }), ['logger: must have debug, info, warn and error']],
    [
      'no time to start',
      options({ startTimeoutMs: 0 }),
      ['startTimeoutMs: must be a whole number from 100 to 600,000'],
    ],
    ['no time to close', options({ closeTimeoutMs: -1 }), ['closeTimeoutMs: must be a whole number from 0 to 60,000']],

    ['plugins that are no list', options({ plugins: plugin }), ['plugins: must be an array of plugins']],
    [
      'a plugin that is none',
      options({ plugins: [() => plugin] }),
      ['plugins[0]: must be a plugin: an object with name and version'],
    ],
    ['a plugin without a version', options({ plugins: [{ name: 'a' }] }), ['plugins[0].version: must be a string']],
    [
      'a hook that would never run',
      options({ plugins: [plugin, { ...plugin, name: 'b', hooks: { beforeSendMesage() {} } }] }),
      ['plugins[1].hooks.beforeSendMesage: no such option'],
    ],
    [
      'a hook that is no function',
      options({ plugins: [{ ...plugin, hooks: { canCall: true } }] }),
      ['plugins[0].hooks.canCall: must be a function'],
    ],
    [
      'a start that is no function',
      options({ plugins: [{ ...plugin, start: 'now' }] }),
      ['plugins[0].start: must be a function'],
    ],
    [
      'a service that there is not',
      options({ plugins: [{ ...plugin, services: { limiter: {} } }] }),
      ['plugins[0].services.limiter: no such option'],
    ],
    [
      'a service that is none',
      options({ plugins: [{ ...plugin, services: { directory: {} } }] }),
      [
        'plugins[0].services.directory: must be sqlDirectory({ ... }) or an object with findPeople and findAssignedDentist',
      ],
    ],
    [
      'two migrations of one name',
      options({ plugins: [{ ...plugin, migrations: [1, 2].map(() => ({ name: '0001', sql: 'SELECT 1' })) }] }),
      ['plugins[0].migrations: must have names of their own'],
    ],
    [
      'a route and an event that are none',
      options({
        plugins: [{ ...plugin, routes: [{ method: 'get', path: 'x', handle() {} }], events: [{ event: 'a' }] }],
      }),
      [
        'plugins[0].routes[0].method: must be GET, POST, PUT, PATCH or DELETE',
        'plugins[0].routes[0].path: must begin with "/"',
        'plugins[0].events[0].handle: must be a function',
      ],
    ],
    [
      'a name with blanks',
      options({ plugins: [{ ...plugin, name: 'My Plugin' }] }),
      ['plugins: the name "My Plugin" is not made of lower-case words with dashes'],
    ],
    ['two plugins of one name', options({ plugins: [plugin, { ...plugin }] }), ['plugins: "audit" is there twice']],
    [
      'a plugin that is missing',
      options({ plugins: [{ ...plugin, requires: ['log'] }] }),
      ['plugins: "audit" requires "log": add it to plugins'],
    ],
    [
      'plugins that need one another',
      options({
        plugins: [
          { ...plugin, name: 'a', requires: ['b'] },
          { ...plugin, name: 'b', requires: ['c'] },
          { ...plugin, name: 'c', requires: ['a'] },
        ],
      }),
      ['plugins: "a" requires "b" requires "c" requires "a"'],
    ],
    [
      'two plugins that provide the same',
      options({ plugins: [1, 2].map((n) => ({ ...plugin, name: `p${n}`, services: { directory } })) }),
      ['plugins: "p1" and "p2" both provide services.directory'],
    ],
  ];
  for (const [what, given, faults] of wrong) {
    it(`refuses ${what}`, () => {
      expect(faultsOf(given)).to.deep.equal(faults);
    });
  }

  it('names all faults at once', () => {
    const given = {
      database: { url: 'x', poolSize: 0 },
      auth: { issuers: [] },
      htpp: {},
      plugins: [plugin, plugin],
    };
    expect(faultsOf(given)).to.have.members([
      'database.url: must be a postgres:// url',
      'database.poolSize: must be a whole number from 1 to 1,000',
      'auth.issuers: must name at least one issuer',
      'htpp: no such option',
      'plugins: "audit" is there twice',
      'directory: missing; give sqlDirectory({ ... }), an object with findPeople and findAssignedDentist, or a plugin that provides one',
    ]);
  });

  it('takes the least that is needed, and fills in what options.ts promises', () => {
    const config = parseConfig(options());
    const { store, processes, tempDir, ...images } = config.images;
    expect(store).to.equal(undefined);
    expect(processes).to.be.within(1, 4);
    expect(tempDir).to.be.a('string');
    expect(images).to.deep.equal({
      maxPerMessage: 5,
      maxBytes: 10_485_760,
      maxSidePx: 2_560,
      thumbnailPx: 400,
      maxPixels: 67_108_864,
      animations: 'first-frame',
      maxFrames: 200,
      processingTimeoutMs: 30_000,
      storeTimeoutMs: 30_000,
      unsentTtlSeconds: 86_400,
      maxUnsentPerPerson: 100,
    });
    expect(config.database).to.deep.include({
      schema: 'chat',
      poolSize: 10,
      acquireTimeoutMs: 4_000,
      statementTimeoutMs: 4_000,
    });
    expect(config.auth.tokenCacheSize).to.equal(10_000);
    expect(config.messages).to.deep.equal({ maxLength: 10_000 });
    expect(config.http).to.deep.equal({
      basePath: '',
      healthPath: '/health',
      contractsPath: '/api/contracts',
      maxJsonBytes: 262_144,
    });
    expect(config.realtime).to.deep.equal({
      path: '/socket.io',
      offlineGraceMs: 5_000,
      typingTimeoutMs: 6_000,
      maxPacketBytes: 131_072,
      maxBufferedBytes: 1_048_576,
    });
    expect(config.access).to.deep.equal({ restMaxAgeMs: 0, socketMaxAgeMs: 3_000 });
    expect(config.limits).to.deep.equal({
      callsAtOnce: 4,
      socketsPerPerson: 50,
      connectsPerMinutePerPerson: 120,
      trustProxy: 0,
    });
    expect(config).to.include({
      directoryCacheSeconds: 30,
      migrate: true,
      startTimeoutMs: 60_000,
      closeTimeoutMs: 10_000,
    });
  });

  it('takes a directory without findByLogin where no token needs it', () => {
    const issuers = [django({ secret, actor: actorById('dentist', 'user_id') })];
    expect(faultsOf(options({ directory: { ...directory, findByLogin: undefined }, auth: { issuers } }))).to.deep.equal(
      [],
    );
  });

  it('takes for origins those that cors lists, where it lists any', () => {
    const originsWith = (origin: unknown): unknown =>
      parseConfig(options({ realtime: { cors: { origin } as object } })).realtime.origins;
    expect(originsWith('https://a.example')).to.deep.equal(['https://a.example']);
    expect(originsWith(['https://a.example', /b$/])).to.deep.equal(['https://a.example', /b$/]);
    for (const any of ['*', ['*'], true, undefined, () => undefined]) expect(originsWith(any)).to.equal(undefined);
  });

  it('takes slashes off the ends of paths', () => {
    const config = parseConfig(options({ http: { basePath: '/v1/' }, realtime: { path: '/v1/io/' } }));
    expect(config.http.basePath).to.equal('/v1');
    expect(config.realtime.path).to.equal('/v1/io');
    expect(parseConfig(options({ http: { basePath: '/' } })).http.basePath).to.equal('');
  });

  it('is frozen, and leaves what the host handed in as it was', () => {
    const store = diskImageStore({ dir: 'never-made' });
    const given = options({ images: { store }, plugins: [{ ...plugin, hooks: {} }] });
    const config = parseConfig(given);
    for (const part of [config, config.database, config.auth, config.auth.issuers, config.images, config.plugins]) {
      expect(part).to.be.frozen;
    }
    for (const part of [given, given.database, given.plugins, given.plugins?.[0], store]) expect(part).not.to.be.frozen;
    given.database.schema = 'changed';
    expect(config.database.schema).to.equal('chat');
    expect(config.plugins[0]).to.equal(given.plugins?.[0]);
  });

  it('prefers what a plugin provides to what the options name', () => {
    const provided = { ...directory };
    const store = diskImageStore({ dir: 'never-made' });
    const services = { directory: provided, imageStore: store };
    const config = parseConfig(options({ plugins: [{ ...plugin, services }] }));
    expect(config.directory).to.equal(provided);
    expect(config.images.store).to.equal(store);
    expect(faultsOf({ ...options({ plugins: [{ ...plugin, services }] }), directory: undefined })).to.deep.equal([]);
  });

  it('is checked without any I/O, and so is a module made', () => {
    const calls = sinon.stub(directory, 'findPeople').rejects(new Error('asked'));
    const start = sinon.spy();
    const route = defineRoute({ method: 'GET', path: '/x', handle: () => ({}) });
    const resources = process.getActiveResourcesInfo().length;
    try {
      for (let i = 0; i < 3; i += 1) createChatModule(options({ plugins: [{ ...plugin, start, routes: [route] }] }));
      expect(calls.callCount + start.callCount).to.equal(0);
      expect(process.getActiveResourcesInfo()).to.have.lengthOf(resources);
    } finally {
      calls.restore();
    }
  });
});
