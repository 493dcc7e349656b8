import type { DatabaseConfig } from '../config/config.js';
import type { Logger } from '../logger.js';
import type { Plugin } from '../plugins/plugin.js';
import { toSetupError } from '../setup-failure.js';
import { createMigrator } from './migrator.js';
import { openDatabase } from './open-database.js';

/**
 * Migrates on connections of its own, which are gone again when it is done. Returns the names of the steps run.
 * @throws ChatSetupError
 */
export async function migrateDatabase(
  config: DatabaseConfig,
  plugins: readonly Plugin[],
  logger: Logger,
): Promise<string[]> {
  const database = openDatabase(config);
  try {
    return await createMigrator(database, plugins, logger).migrate();
  } catch (error) {
    throw toSetupError('The schema could not be migrated', error);
  } finally {
    await database.close();
  }
}
