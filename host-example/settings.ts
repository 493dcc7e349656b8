import { resolve } from 'node:path';
import { createSettingsReader, type Environment, type SettingsReader } from './settings-reader.js';
import { readServiceSettings, serviceVariables, type ServiceSettings } from './service/service-settings.js';

/** With nothing configured: everything local, for looking at. */
export interface DemoSettings {
  readonly mode: 'demo';
  /** 0 for any that is free. */
  readonly port: number;
  readonly host: string;
  /** Where the demo keeps its database, pictures and keys. */
  readonly dataDir: string;
}

/**
 * Reads what the environment asks for. A variable that is set to nothing still says that the service was meant: half a
 * configuration must never come up as the demo, in which anybody can be anybody.
 * @throws SettingsError with one line for each setting that is wrong or missing.
 */
export function readSettings(env: Environment): DemoSettings | ServiceSettings {
  const reader = createSettingsReader(env);
  const isService = serviceVariables.some((name) => env[name] !== undefined) || env['NODE_ENV'] === 'production';
  const settings = isService ? readServiceSettings(reader) : readDemo(reader);
  reader.check();
  return settings;
}

function readDemo(reader: SettingsReader): DemoSettings {
  return {
    mode: 'demo',
    port: reader.port(),
    host: reader.text('HOST') ?? '127.0.0.1',
    dataDir: resolve(reader.text('DEMO_DATA_DIR') ?? '.data'),
  };
}
