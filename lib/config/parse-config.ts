import { availableParallelism, tmpdir } from 'node:os';
import { z } from 'zod';
import type { Issuer } from '../auth/issuer.js';
import type { DirectorySource } from '../directory/directory.js';
import { ChatSetupError } from '../errors.js';
import type { ImageStore } from '../images/image-store.js';
import { consoleLogger, type Logger } from '../logger.js';
import { orderPlugins } from '../plugins/order-plugins.js';
import type { Plugin } from '../plugins/plugin.js';
import type { ChatConfig } from './config.js';
import { faults } from './parse-options.js';
import type { ChatModuleOptions, DatabaseOptions, RealtimeOptions } from './options.js';

/**
 * Checks the options whole and fills in the defaults. No I/O.
 * @throws ChatSetupError with one line for each fault, each named by its option path.
 */
export function parseConfig(options: ChatModuleOptions): ChatConfig {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    throw new ChatSetupError(
      'createChatModule was given options that it cannot use',
      parsed.error.issues.flatMap((issue) => faults('', issue)),
    );
  }
  const config = parsed.data;
  const plugins = orderPlugins(config.plugins);
  // What a plugin provides replaces what the options name.
  const directory = plugins.find(({ services }) => services?.directory)?.services?.directory ?? config.directory;
  const store = plugins.find(({ services }) => services?.imageStore)?.services?.imageStore ?? config.images.store;
  if (directory === undefined) {
    throw new ChatSetupError('createChatModule was given options that it cannot use', [
      'directory: missing; give sqlDirectory({ ... }), an object with findPeople and findAssignedDentist, or a plugin that provides one',
    ]);
  }
  return deepFreeze({ ...config, directory, plugins, images: { ...config.images, store } });
}

/** Freezes the config's own objects; what a host handed in (a store, a pool, a plugin) is not ours to freeze. */
function deepFreeze(config: ChatConfig): ChatConfig {
  for (const part of [config.database, config.auth, config.messages, config.images, config.realtime, config.http]) {
    Object.freeze(part);
  }
  return Object.freeze(config);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function hasMethods(value: unknown, ...names: string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function');
}

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number({ error: message }).int(message).min(min, message).max(max, message);
};

const path = z.string().regex(/^\/[\w.~/-]*$/, 'must be a path that begins with "/"');

const database = z
  .strictObject({
    url: z
      .string()
      .refine((url) => URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol), 'must be a postgres:// url')
      .optional(),
    sequelize: z
      .custom<NonNullable<DatabaseOptions['sequelize']>>(
        (value) => hasMethods(value, 'transaction', 'define', 'getDialect'),
        'must be a Sequelize instance',
      )
      .refine((sequelize) => sequelize.getDialect() === 'postgres', 'must be of the postgres dialect')
      .optional(),
    schema: z
      .string()
      .refine(
        (name) => name.length > 0 && Buffer.byteLength(name) <= 63 && !name.includes('\0'),
        'must be a name of 1 to 63 bytes',
      )
      .refine((name) => !/^pg_/i.test(name), 'must not begin with "pg_"')
      .default('chat'),
    poolSize: integer(1, 1_000).default(10),
    acquireTimeoutMs: integer(100, 60_000).default(4_000),
    statementTimeoutMs: integer(100, 600_000).default(4_000),
    ssl: z.union([z.boolean(), z.custom<object>(isObject)], 'must be true, false or an object').optional(),
  })
  .refine(({ url, sequelize }) => (url === undefined) !== (sequelize === undefined), 'give either url or sequelize')
  .transform(({ url, sequelize, ssl, ...rest }) => ({ url, sequelize, ssl, ...rest }));

const issuer = z.custom<Issuer>(
  (value) => hasMethods(value, 'openKeys', 'check', 'actor'),
  'must be made by cognito(...), django(...) or oidc(...)',
);

const auth = z.strictObject({
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

const logger = z.custom<Logger>(
  (value) => hasMethods(value, 'debug', 'info', 'warn', 'error'),
  'must have debug, info, warn and error',
);

const plugin = z.custom<Plugin>(
  (value) => isObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string',
  'must be a plugin: an object with name and version',
);

const optionsSchema = z.strictObject(
  {
    database,
    auth,
    directory: z
      .custom<DirectorySource>(
        (value) => typeof value === 'function' || hasMethods(value, 'findPeople', 'findAssignedDentist'),
        'must be sqlDirectory({ ... }) or an object with findPeople and findAssignedDentist',
      )
      .optional(),
    directoryCacheSeconds: z
      .number('must be a number of seconds from 0 to 3,600')
      .min(0, 'must be at least 0')
      .max(3_600, 'must be at most 3,600')
      .default(30),
    messages: z.strictObject({ maxLength: integer(1, 100_000).default(10_000) }).prefault({}),
    images: z
      .strictObject({
        store: z
          .custom<ImageStore>(
            (value) => hasMethods(value, 'put', 'head', 'get', 'delete', 'signGetUrl', 'signUpload'),
            'must be an image store: s3ImageStore({ ... }), diskImageStore({ ... }) or your own',
          )
          .optional(),
        maxPerMessage: integer(1, 20).default(5),
        maxBytes: integer(1_024, 100 * 1024 * 1024).default(10 * 1024 * 1024),
        maxSidePx: integer(256, 8_192).default(2_560),
        thumbnailPx: integer(64, 1_024).default(400),
        maxPixels: integer(1_000_000, 268_435_456).default(64 * 1024 * 1024),
        animations: z.enum(['first-frame', 'keep'], 'must be first-frame or keep').default('first-frame'),
        maxFrames: integer(2, 1_000).default(200),
        processes: integer(1, 64).default(() => Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))),
        processingTimeoutMs: integer(1_000, 120_000).default(15_000),
        unsentTtlSeconds: integer(3_600, 2_592_000).default(86_400),
        tempDir: z.string('must be the path of a folder').min(1, 'must be the path of a folder').default(tmpdir),
      })
      .prefault({}),
    realtime: z
      .strictObject({
        path: path.default('/socket.io'),
        cors: z
          .custom<RealtimeOptions['cors']>(
            (value) => isObject(value) || typeof value === 'function',
            'must be what Socket.IO takes as cors',
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
      })
      .prefault({}),
    http: z
      .strictObject({
        basePath: z
          .union([z.literal(''), path], 'must be a path that begins with "/", or empty')
          .default('')
          .transform((base) => base.replace(/\/+$/, '')),
        healthPath: z
          .union([z.literal(false), path], 'must be a path that begins with "/", or false')
          .default('/health'),
        maxJsonBytes: integer(1_024, 10 * 1024 * 1024).default(256 * 1024),
      })
      .prefault({}),
    plugins: z.array(plugin, 'must be an array of plugins').default([]),
    migrate: z.boolean('must be true or false').default(true),
    logger: logger.default(consoleLogger),
    closeTimeoutMs: integer(0, 60_000).default(10_000),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined) },
);
