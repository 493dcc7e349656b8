import { ChatSetupError } from '../errors.js';
import { withoutFailures } from '../logger.js';
import { orderPlugins } from '../plugins/order-plugins.js';
import type { Plugin } from '../plugins/plugin.js';
import type { ChatConfig } from './config.js';
import { optionsSchema, pluginsSchema } from './options-schema.js';
import type { ChatModuleOptions } from './options.js';
import { loginFaults } from './login-faults.js';
import { faults as faultsOf } from './parse-options.js';
import { isObject } from './shapes.js';

/**
 * Checks the options whole and fills in the defaults. No I/O.
 * @throws ChatSetupError with one line for each fault, each named by its option path.
 */
export function parseConfig(options: ChatModuleOptions): ChatConfig {
  const parsed = optionsSchema.safeParse(options);
  const { ordered: plugins, faults: misfits } = orderPlugins(pluginsOf(options));
  // What a plugin provides replaces what the options name.
  const provided = <S extends 'directory' | 'imageStore'>(service: S) =>
    plugins.find(({ services }) => services?.[service] !== undefined)?.services?.[service];

  const directory = provided('directory') ?? parsed.data?.directory;
  const faults = [...(parsed.error?.issues ?? []).flatMap((issue) => faultsOf('', issue)), ...misfits];
  if (parsed.success && directory !== undefined) faults.push(...loginFaults(parsed.data.auth.issuers, directory));
  if (directory === undefined && isObject(options) && options.directory === undefined) faults.push(noDirectory);
  if (!parsed.success || directory === undefined || faults.length > 0) {
    throw new ChatSetupError('createChatModule was given options that it cannot use', faults);
  }
  const { images, ...rest } = parsed.data;
  return freezeSections({
    ...rest,
    directory,
    plugins,
    logger: withoutFailures(rest.logger),
    images: { ...images, store: provided('imageStore') ?? images.store },
  });
}

const noDirectory =
  'directory: missing; give sqlDirectory({ ... }), an object with findPeople and findAssignedDentist, or a plugin that provides one';

/** Those of the options that can be asked how they fit together, whatever else is wrong. */
function pluginsOf(options: unknown): readonly Plugin[] {
  return (isObject(options) && pluginsSchema.safeParse(options['plugins']).data) || [];
}

/** Freezes the config's own objects; what a host handed in (a store, a pool, a plugin) is not ours to freeze. */
function freezeSections(config: ChatConfig): ChatConfig {
  const { database, auth, access, messages, images, realtime, http, limits, plugins } = config;
  for (const part of [database, auth, auth.issuers, access, messages, images, realtime, http, limits, plugins])
    Object.freeze(part);
  return Object.freeze(config);
}
