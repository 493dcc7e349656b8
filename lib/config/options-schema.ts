import { availableParallelism, tmpdir } from 'node:os';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';
import type { Issuer } from '../auth/issuer.js';
import { consoleLogger, type Logger } from '../logger.js';
import type { DatabaseOptions, RealtimeOptions } from './options.js';
import { plugin } from './plugin-shape.js';
import { directorySource, hasMethods, imageStore, isObject, section } from './shapes.js';

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number({ error: message }).int(message).min(min, message).max(max, message);
};

const pathProblem = 'must be a path that begins with "/"';
const path = z.string(pathProblem).regex(/^\/[\w.~/-]*$/, pathProblem);

const url = z
  .string('must be a postgres:// url')
  .refine((text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol), 'must be a postgres:// url');

const sequelize = z
  .custom<NonNullable<DatabaseOptions['sequelize']>>(
    (value) => hasMethods(value, 'transaction', 'define', 'getDialect'),
    'must be a Sequelize instance',
  )
  .refine((instance) => instance.getDialect() === 'postgres', 'must be of the postgres dialect')
  .refine(
    // Its clients are of libpq, and hot statements speak PostgreSQL's protocol themselves.
    (instance) => (instance as { config?: { native?: unknown } }).config?.native !== true,
    'must be made without native: true (pg-native)',
  );

/** PostgreSQL cuts longer names off, and keeps those that begin with `pg_` for itself. */
const schema = z
  .string('must be a name of 1 to 63 bytes')
  .refine(
    (name) => name.length > 0 && Buffer.byteLength(name) <= 63 && !name.includes('\0') && name.isWellFormed(),
    'must be a name of 1 to 63 bytes',
  )
  .refine((name) => !/^pg_/i.test(name), 'must not begin with "pg_"');

export const databaseSchema = section({
  url: url.optional(),
  sequelize: sequelize.optional(),
  schema: schema.default('chat'),
  poolSize: integer(1, 1_000).default(10),
  acquireTimeoutMs: integer(100, 60_000).default(4_000),
  statementTimeoutMs: integer(100, 600_000).default(4_000),
  ssl: z.union([z.boolean(), z.custom<object>(isObject)], 'must be true, false or an object').optional(),
})
  .refine((given) => (given.url === undefined) !== (given.sequelize === undefined), 'give either url or sequelize')
  .transform(({ url, sequelize, ssl, ...rest }) => ({ url, sequelize, ssl, ...rest }));

const issuer = z.custom<Issuer>(
  (value) => hasMethods(value, 'openKeys', 'check', 'actor'),
  'must be made by cognito(...), django(...) or oidc(...)',
);

const auth = section({
  issuers: z
    .array(issuer, 'must be an array of issuers')
    .min(1, 'must name at least one issuer')
    .superRefine(requireDistinctIssuers),
  tokenCacheSize: integer(0, 1_000_000).default(10_000),
});

/** A token's issuer is chosen before verification, so no two may claim the same token. */
function requireDistinctIssuers(issuers: readonly Issuer[], context: z.RefinementCtx): void {
  issuers.forEach((one, index) => {
    const fault = (message: string): void => context.addIssue({ code: 'custom', path: [index], message });
    for (const other of issuers.slice(0, index)) {
      if (other.name === one.name) fault(`has the name of another issuer, "${one.name}": give it a name of its own`);
      if (other.iss !== one.iss) continue;
      const shared = one.algorithms.filter((algorithm) => other.algorithms.includes(algorithm));
      if (one.iss !== undefined) fault(`expects the same iss as "${other.name}"`);
      else if (shared.length > 0) {
        fault(
          `expects tokens without iss that are signed with ${shared.join(', ')}, as "${other.name}" does: give one an iss`,
        );
      }
    }
  });
}

const seconds = 'must be a number of seconds from 0 to 3,600';

const images = section({
  store: imageStore.optional(),
  maxPerMessage: integer(1, 20).default(5),
  maxBytes: integer(1_024, 100 * 1024 * 1024).default(10 * 1024 * 1024),
  maxSidePx: integer(256, 8_192).default(2_560),
  thumbnailPx: integer(64, 1_024).default(400),
  maxPixels: integer(1_000_000, 268_435_456).default(64 * 1024 * 1024),
  animations: z.enum(['first-frame', 'keep'], 'must be first-frame or keep').default('first-frame'),
  maxFrames: integer(2, 1_000).default(200),
  processes: integer(1, 64).default(() => Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))),
  processingTimeoutMs: integer(1_000, 120_000).default(30_000),
  storeTimeoutMs: integer(100, 600_000).default(30_000),
  unsentTtlSeconds: integer(3_600, 2_592_000).default(86_400),
  maxUnsentPerPerson: integer(1, 100_000).default(100),
  tempDir: z.string('must be the path of a folder').min(1, 'must be the path of a folder').default(tmpdir),
});

const originProblem = 'must be an origin such as https://app.example, or a regular expression';
const origin = z.union(
  [
    z.string(originProblem).refine((text) => URL.canParse(text) && new URL(text).origin === text, originProblem),
    z.instanceof(RegExp, { error: originProblem }),
  ],
  originProblem,
);

const realtime = section({
  path: path
    .default('/socket.io')
    .transform((given) => given.replace(/\/+$/, ''))
    .refine((given) => given !== '', 'must be more than "/", which is the host\'s'),
  cors: z
    .custom<RealtimeOptions['cors']>(
      (value) => isObject(value) || typeof value === 'function',
      'must be an object such as { origin: ["https://app.example"] }, with "*" for any origin, or a function',
    )
    .optional(),
  adapter: z
    .custom<RealtimeOptions['adapter']>(
      (value) => value === 'postgres' || typeof value === 'function',
      'must be "postgres" or a Socket.IO adapter',
    )
    .optional(),
  offlineGraceMs: integer(0, 30_000).default(5_000),
  typingTimeoutMs: integer(500, 60_000).default(6_000),
  maxPacketBytes: integer(1_024, 10 * 1024 * 1024).default(128 * 1024),
  maxBufferedBytes: integer(64 * 1024, 100 * 1024 * 1024).default(1024 * 1024),
  origins: z.array(origin, 'must be a list of origins').optional(),
}).transform((given) => {
  const origins = given.origins ?? originsOf(given.cors);
  return origins === undefined ? given : { ...given, origins };
});

/** Those that Socket.IO's `cors` lists; undefined where it says something else, or lists none. */
function originsOf(cors: RealtimeOptions['cors']): (string | RegExp)[] | undefined {
  const listed = [typeof cors === 'object' ? cors.origin : undefined].flat();
  const origins = listed.filter((one) => typeof one === 'string' || one instanceof RegExp);
  return origins.length < listed.length || origins.length === 0 || origins.includes('*') ? undefined : origins;
}

const trustProxy = z
  .union([integer(0, 100), z.array(z.string())], 'must be how many proxies to trust, or a list of their addresses')
  .refine((given) => typeof given === 'number' || canCompile(given), 'names what is no address');

function canCompile(addresses: readonly string[]): boolean {
  try {
    proxyAddr.compile([...addresses]);
    return true;
  } catch {
    return false;
  }
}

const limits = section({
  callsAtOnce: integer(1, 10_000).default(4),
  socketsPerPerson: integer(1, 100_000).default(50),
  connectsPerMinutePerPerson: integer(1, 60_000).default(120),
  socketsPerAddress: integer(1, 1_000_000).optional(),
  callsPerMinutePerAddress: integer(1, 10_000_000).optional(),
  trustProxy: trustProxy.default(0),
});

const pathOrFalse = z.union([z.literal(false), path], 'must be a path that begins with "/", or false');

const http = section({
  basePath: z
    .string(`${pathProblem}, or empty`)
    .regex(/^(?:\/[\w.~/-]*)?$/, `${pathProblem}, or empty`)
    .default('')
    .transform((base) => base.replace(/\/+$/, '')),
  healthPath: pathOrFalse.default('/health'),
  contractsPath: pathOrFalse.default(() => (process.env['NODE_ENV'] === 'production' ? false : '/api/contracts')),
  maxJsonBytes: integer(1_024, 10 * 1024 * 1024).default(256 * 1024),
});

export const pluginsSchema = z.array(plugin, 'must be an array of plugins').default([]);

/** What `createChatModule` takes, and what it is where nothing was said. */
export const optionsSchema = section({
  database: databaseSchema,
  auth,
  directory: directorySource.optional(),
  directoryCacheSeconds: z.number(seconds).min(0, seconds).max(3_600, seconds).default(30),
  access: section({
    restMaxAgeMs: integer(0, 60_000).default(0),
    socketMaxAgeMs: integer(500, 60_000).default(3_000),
  }).prefault({}),
  messages: section({ maxLength: integer(1, 100_000).default(10_000) }).prefault({}),
  images: images.prefault({}),
  realtime: realtime.prefault({}),
  http: http.prefault({}),
  limits: limits.prefault({}),
  plugins: pluginsSchema,
  migrate: z.boolean('must be true or false').default(true),
  logger: z
    .custom<Logger>(
      (value) => hasMethods(value, 'debug', 'info', 'warn', 'error'),
      'must have debug, info, warn and error',
    )
    .default(consoleLogger),
  startTimeoutMs: integer(100, 600_000).default(60_000),
  closeTimeoutMs: integer(0, 60_000).default(10_000),
});
