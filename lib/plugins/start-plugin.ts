import type { ChatModule } from '../chat-module.js';
import type { Database } from '../database/database.js';
import { quoteIdentifier } from '../database/identifiers.js';
import { statement } from '../database/statement.js';
import { ChatSetupError } from '../errors.js';
import type { Logger } from '../logger.js';
import { reasonOf } from '../setup-failure.js';
import { startedWithin } from '../within.js';
import type { Plugin, PluginContext } from './plugin.js';

interface Surroundings {
  readonly database: Database;
  readonly logger: Logger;
  readonly chat: ChatModule;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** @throws ChatSetupError naming the plugin and why. */
export async function startPlugin(plugin: Plugin, { database, logger, chat, timeoutMs }: Surroundings): Promise<void> {
  const context: PluginContext = {
    chat,
    logger: loggerOf(plugin.name, logger),
    schema: quoteIdentifier(database.schema),
    query: (sql, params = []) => database.query(statement<Record<string, unknown>>(sql), params),
  };
  try {
    await startedWithin(timeoutMs, async () => plugin.start?.(context));
  } catch (cause) {
    throw new ChatSetupError(`The plugin "${plugin.name}" could not start`, [reasonOf(cause)], cause);
  }
}

function loggerOf(plugin: string, logger: Logger): Logger {
  return {
    debug: (fields, message) => logger.debug({ plugin, ...fields }, message),
    info: (fields, message) => logger.info({ plugin, ...fields }, message),
    warn: (fields, message) => logger.warn({ plugin, ...fields }, message),
    error: (fields, message) => logger.error({ plugin, ...fields }, message),
  };
}
