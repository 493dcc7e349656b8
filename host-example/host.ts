import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from '@koa/cors';
import Koa, { type Middleware } from 'koa';
import pg from 'pg';
import { createChatModule, sqlDirectory, type ChatModule, type ChatModuleOptions } from '../lib/index.js';
import { createPeopleTables, peopleTables, platformRoutes } from './platform.js';

export interface HostOptions {
  /** 0 for any that is free. */
  port: number;
  /** Undefined for all interfaces. */
  host: string | undefined;
  databaseUrl: string;
  /** Other origins whose pages may use this one. */
  corsOrigins: readonly string[];
  /** The chat's options but for what the platform itself knows. `url` is where this host listens. */
  chat(url: string): Omit<ChatModuleOptions, 'database' | 'directory'>;
  /** Middleware of whoever starts the host, before the platform's own. */
  use?: (url: string) => readonly Middleware[];
  /** Runs once everything is there and before the first request is served. */
  prepare?: (running: { chat: ChatModule; database: pg.Pool }) => Promise<void>;
}

export interface RunningHost {
  readonly url: string;
  /** Serves what is under way, then lets go of everything. */
  close(): Promise<void>;
}

/** How long the platform's own requests may take once the chat has closed. */
const leftoverMs = 5_000;

/** A Koa platform with people and a route of its own, and the chat mounted into it. */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const app = new Koa();
  let serve: ReturnType<Koa['callback']> | undefined;
  // Listening comes first: a port that is taken should be known before anything is started.
  const server = createServer((request, response) => {
    if (serve === undefined) response.writeHead(503, { 'Retry-After': '1', Connection: 'close' }).end();
    else void serve(request, response);
  });
  let database: pg.Pool | undefined;
  let chat: ChatModule | undefined;
  const close = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    await chat?.close();
    // What still comes over a connection that a client has kept is for another process.
    serve = undefined;
    // Not before: until then the chat serves what is under way.
    setTimeout(() => server.closeAllConnections(), leftoverMs).unref();
    await closed;
    await database?.end();
  };

  try {
    const url = await listen(server, options.port, options.host);
    database = openDatabase(options.databaseUrl);
    // It looks at its options before anything is done with them, so the host's own work comes after.
    chat = createChatModule({
      ...options.chat(url),
      database: { url: options.databaseUrl },
      directory: sqlDirectory(peopleTables),
    });
    await createPeopleTables(database).catch((error: unknown) => fail('The database cannot be used', error));

    if (options.corsOrigins.length > 0) app.use(allowOrigins(options.corsOrigins));
    for (const middleware of options.use?.(url) ?? []) app.use(middleware);
    app.use(platformRoutes(database));
    await chat.mount(app, server);
    await options.prepare?.({ chat, database });
    serve = app.callback();
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, port: number, host: string | undefined): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => fail(faultOf(error, port, host), error));
  const { address, port: actualPort } = server.address() as AddressInfo;
  const isAny = address === '::' || address === '0.0.0.0';
  return `http://${isAny ? 'localhost' : address.includes(':') ? `[${address}]` : address}:${actualPort}`;
}

/** Some shells set HOST to a name of their own, and PORT is not to blame for it. */
function faultOf(error: unknown, port: number, host: string | undefined): string {
  const ofHost = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL'].includes(
    String((error as { code?: unknown }).code),
  );
  if (host === undefined || !ofHost) return `PORT ${port} cannot be listened on`;
  return `HOST ${host} is no address of this machine: unset it, or give one such as 127.0.0.1`;
}

function openDatabase(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 5_000 });
  // A connection that breaks while nobody uses it; the next query gets another one.
  pool.on('error', (error) => console.error(`[platform] an idle database connection broke: ${error.message}`));
  return pool;
}

/** Tokens come in a header that the page sets itself, so no credentials of the browser are asked for. */
function allowOrigins(origins: readonly string[]): Middleware {
  return cors({
    origin: (ctx) => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
    exposeHeaders: ['Retry-After'],
    maxAge: 600,
  });
}

function fail(what: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : '') : String(cause);
  throw new Error(`${what}: ${why}`, { cause });
}
