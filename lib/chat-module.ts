import type { Server } from 'node:http';
import type Koa from 'koa';
import type { Middleware } from 'koa';
import type { VerifiedToken } from './auth/token-verifier.js';
import type { ChatModuleOptions } from './config/options.js';
import { parseConfig } from './config/parse-config.js';
import { migrateDatabase } from './database/migrate-database.js';
import { createDomainEvents, type DomainEventName, type DomainListener } from './domain-events.js';
import { createHostDoor, type HostDoor } from './doors/host-door.js';
import type { HttpDoor } from './doors/http-door.js';
import { mayBeComposed, mountLate } from './doors/late-mount.js';
import { chatError, ChatSetupError } from './errors.js';
import { startRun, type Run } from './run.js';

/** The chat, as a host holds it. */
export interface ChatModule extends HostDoor {
  /**
   * Starts the module (migrations, plugins), puts its routes on the app and Socket.IO before the server. The server may
   * listen already, and the app's `callback()` may have been called: both orders work. Middleware of the app that was used
   * before and answers everything (a page for what is not found) hides the routes: use it after this.
   * @throws ChatSetupError when it could not start; then nothing was left behind, and it may be called again.
   */
  mount(app: Koa, server: Server): Promise<void>;
  /** The first part of {@link mount}, for a host that places {@link routes} and {@link attach} itself. */
  start(): Promise<void>;
  /**
   * The routes as one Koa middleware, the same each time. Before `start()` it passes requests on; after `close()` too, and
   * refuses those for its routes that nobody behind it has answered: 503 `shutting_down`.
   */
  routes(): Middleware;
  /**
   * Puts Socket.IO before a server's other listeners.
   * @throws ChatSetupError before `start()`.
   */
  attach(server: Server): void;
  /**
   * Brings the schema up to date and returns the names of the steps run. For a deploy step: needs no `start()`.
   * @throws ChatSetupError
   */
  migrate(): Promise<string[]>;
  /** Verifies a token as both doors do. Rejects with the `ChatError` that a client would get. */
  verifyToken(token: string): Promise<VerifiedToken>;
  /**
   * Hears of what happened in this process, after commit. What a listener is given is frozen; what it throws or rejects
   * is logged. Listeners stay over `close()` and a new start.
   */
  on<E extends DomainEventName>(event: E, listener: DomainListener<E>): void;
  off<E extends DomainEventName>(event: E, listener: DomainListener<E>): void;
  /**
   * Finishes what is in flight (at most `closeTimeoutMs`), tells sockets to come back later, stops plugins and frees
   * what the module opened; the host's server and database stay as they were. Idempotent; `mount` starts it again.
   */
  close(): Promise<void>;
}

/**
 * Makes a chat module. Does no I/O.
 * @throws ChatSetupError that names every fault of the options by its path.
 */
export function createChatModule(options: ChatModuleOptions): ChatModule {
  const config = parseConfig(options);
  const domainEvents = createDomainEvents(config.logger);
  const apps = new WeakSet<Koa>();
  let run: Run | undefined;
  /** The routes of the run that is over. It refuses what comes for them. */
  let closedDoor: HttpDoor | undefined;
  /** What operations run on: there a little earlier than the run, for plugins that start. */
  let parts: Run['cradle'] | undefined;
  // Starts and closes take turns: whoever closes during a start closes what was started.
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function start(): Promise<void> {
    try {
      run ??= await startRun(config, domainEvents, chat, (ready) => (parts = ready));
      closedDoor = undefined;
    } finally {
      parts = run?.cradle;
    }
  }

  const middleware: Middleware = async (ctx, next) => {
    await (run === undefined ? next() : run.cradle.httpDoor.middleware(ctx, next));
    // A client takes a 404 for an answer; and another module of the host's may have these routes now.
    if (run === undefined && ctx.status === 404 && !ctx.body)
      await closedDoor?.middleware(ctx, () => Promise.resolve());
  };

  function attach(server: Server): void {
    if (run === undefined) throw new ChatSetupError('attach(server) was called before start()');
    run.attach(server);
  }

  async function mount(app: Koa, server: Server): Promise<void> {
    requireHost(app, server);
    const isStarted = run !== undefined;
    await start();
    try {
      place(app);
      attach(server);
    } catch (error) {
      if (!isStarted) await close();
      throw error;
    }
  }

  function place(app: Koa): void {
    if (apps.has(app)) return;
    const answers = (method: string, path: string): boolean =>
      (run?.cradle.httpDoor ?? closedDoor)?.answers(method, path) === true;
    if (mayBeComposed(app)) mountLate(app, answers);
    app.use(middleware);
    apps.add(app);
  }

  async function close(): Promise<void> {
    await run?.close();
    closedDoor = run?.cradle.httpDoor ?? closedDoor;
    run = parts = undefined;
  }

  const current = () => {
    if (parts === undefined) throw chatError('not_started');
    return parts;
  };

  const chat: ChatModule = {
    ...createHostDoor(current),
    mount: (app, server) => inTurn(() => mount(app, server)),
    start: () => inTurn(start),
    routes: () => middleware,
    attach,
    migrate: () => migrateDatabase(config.database, config.plugins, config.logger),
    verifyToken: async (token) => current().tokenVerifier.verifyToken(token),
    on: domainEvents.host.on,
    off: domainEvents.host.off,
    close: () => inTurn(close),
  };
  return chat;
}

/** @throws ChatSetupError for a host that has no types to tell it. */
function requireHost(app: unknown, server: unknown): void {
  const faults: string[] = [];
  const { use, callback } = (app ?? {}) as Partial<Koa>;
  // A router has the first of them too.
  if (typeof use !== 'function' || typeof callback !== 'function')
    faults.push('the first argument must be the Koa app');
  if (typeof (server as Partial<Server> | undefined)?.listenerCount !== 'function') {
    faults.push('the second argument must be the HTTP server that serves it');
  }
  if (faults.length > 0) throw new ChatSetupError('mount(app, server) was called with something else', faults);
}
