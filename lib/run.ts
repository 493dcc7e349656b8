import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { ChatModule } from './chat-module.js';
import type { ChatConfig } from './config/config.js';
import { createChatContainer, type Cradle } from './container.js';
import { readMigrations } from './database/migration-files.js';
import type { DomainEventBus } from './domain-events.js';
import { attachEngine } from './doors/attach-engine.js';
import { flushClients } from './doors/flush-clients.js';
import { createEndings } from './endings.js';
import { chatError, ChatSetupError } from './errors.js';
import { requireDistinctTables } from './plugins/table-claims.js';
import { startPlugin } from './plugins/start-plugin.js';
import { reasonOf, toSetupError } from './setup-failure.js';
import { startedWithin, withinMs } from './within.js';

/** The module from a start to its close. */
export interface Run {
  readonly cradle: Cradle;
  /** Puts Socket.IO before a server's own listeners, once. */
  attach(server: Server): void;
  /**
   * Refuses what is new, finishes what is in flight (at most `closeTimeoutMs`), and frees what was opened, in reverse.
   * Never rejects.
   */
  close(): Promise<void>;
}

/**
 * Starts everything, or nothing: on a failure what was started is stopped again before this rejects. `onReady` is told
 * when operations work: after the migrations, before plugins start.
 * @throws ChatSetupError
 */
export async function startRun(
  config: ChatConfig,
  domainEvents: DomainEventBus,
  chat: ChatModule,
  onReady: (cradle: Cradle) => void,
): Promise<Run> {
  const { cradle } = createChatContainer(config, domainEvents);
  const { logger, closeTimeoutMs } = config;
  const endings = createEndings(logger);
  const servers = new Map<Server, () => void>();
  let closing = false;

  function attach(server: Server): void {
    if (closing) throw new ChatSetupError('attach(server) was called while the module closes');
    if (servers.has(server)) return;
    servers.set(server, attachEngine(server, cradle.socketDoor.engine, config.realtime.path));
  }

  async function close(): Promise<void> {
    closing = true;
    const deadline = Date.now() + closeTimeoutMs;
    const drained = cradle.inFlight.drain(closeTimeoutMs);
    cradle.turns.refuseWaiting(chatError('shutting_down'));
    // At once, and not when the last upload is through: whoever is connected here could do nothing until then.
    if (servers.size > 0) cradle.socketDoor.leave();
    const finished = await drained;
    const heard = await withinMs(Math.max(0, deadline - Date.now()), cradle.hooks.settled());
    if (!finished || !heard) logger.warn({ closeTimeoutMs }, 'closing did not wait for everything in flight');
    // What has just finished writes its answers in the ticks that follow: they should go out before the sockets do.
    await setImmediate();
    await endings.run();
  }

  async function start(): Promise<void> {
    requireDistinctTables(await readMigrations(), config.plugins);
    endings.add('database', () => cradle.database.close());
    endings.add('token verifier', () => cradle.tokenVerifier.close());
    // Built before anything is done: what collides, or is no path, is refused first.
    void cradle.httpDoor;
    if (config.migrate) await cradle.migrator.migrate();
    else await cradle.migrator.requireCurrent();
    endings.add('images', () => cradle.images.close());
    const { images, directory } = cradle;
    await startHostPart('images.store', config.startTimeoutMs, () => images.start());
    await startHostPart('directory', config.startTimeoutMs, async () => directory.start?.());
    endings.add('presence', () => cradle.presence.stop());
    await cradle.presence.start();
    if (config.realtime.adapter === 'postgres') {
      endings.add('cluster bus', () => cradle.clusterBus.close());
      await cradle.clusterBus.start();
    }
    endings.add('typing', () => cradle.typing.close());
    endings.add('sockets', () => cradle.socketDoor.close());
    await cradle.socketDoor.start();
    // Before the sockets: a client that comes back meanwhile is not let into what closes.
    endings.add('servers', () => servers.forEach((detach) => detach()));
    endings.add('clients', () => flushClients(cradle.socketDoor.engine));
    onReady(cradle);
    for (const plugin of config.plugins) {
      endings.add(`plugin "${plugin.name}"`, () => plugin.stop?.());
      await startPlugin(plugin, { database: cradle.database, logger, chat, timeoutMs: config.startTimeoutMs });
    }
  }

  try {
    await start();
  } catch (error) {
    await close();
    throw toSetupError('The chat module could not start', error);
  }
  return { cradle, attach, close };
}

/** What is the host's, mostly, and named by its option. */
async function startHostPart(option: string, timeoutMs: number, start: () => Promise<unknown>): Promise<void> {
  try {
    await startedWithin(timeoutMs, start);
  } catch (cause) {
    throw new ChatSetupError('The chat module could not start', [`${option}: ${reasonOf(cause)}`], cause);
  }
}
