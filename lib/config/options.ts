import type { Sequelize } from 'sequelize';
import type { ServerOptions } from 'socket.io';
import type { Issuer } from '../auth/issuer.js';
import type { DirectorySource } from '../directory/directory.js';
import type { ImageStore } from '../images/image-store.js';
import type { Logger } from '../logger.js';
import type { Plugin } from '../plugins/plugin.js';

/** Where the module keeps its tables. Give `url`, or `sequelize` for a pool that the host already has. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. The module opens, and closes, a pool of its own. */
  url?: string;
  /** A PostgreSQL instance of the host: used, never closed, and its models are left alone. */
  sequelize?: Sequelize;
  /** The schema of the module's tables, made when it is not there. Default `chat`; at most 63 bytes. */
  schema?: string;
  /** Connections of the module's own pool. Default 10; 1 to 1,000. */
  poolSize?: number;
  /** How long a request waits for a free connection before 503. Default 4,000 ms; 100 to 60,000. */
  acquireTimeoutMs?: number;
  /** How long one statement may take before 503. Default 4,000 ms; 100 to 600,000. Migrations have no limit. */
  statementTimeoutMs?: number;
  /** TLS options of `pg`: `true`, or what `tls.connect` takes. Default off, unless the url says otherwise. */
  ssl?: boolean | object;
}

export interface AuthOptions {
  /** At least one of `cognito(...)`, `django(...)`, `oidc(...)`. At most one may expect tokens without `iss` per algorithm. */
  issuers: readonly Issuer[];
  /** Verified tokens remembered until they expire, so that the next request costs no signature. Default 10,000; 0 to 1,000,000. */
  tokenCacheSize?: number;
}

/**
 * How soon somebody who was taken out of the directory, or a dentist who is not assigned any more, has no access. The
 * directory is asked for many at once, and for those alone who are active or connected.
 */
export interface AccessOptions {
  /**
   * How old what REST knows of it may be. Default 0 ms: looked up for each request, of all that are there in one call; 0 to
   * 60,000, and never more than `socketMaxAgeMs`. Raise it where the directory is slow to ask.
   */
  restMaxAgeMs?: number;
  /**
   * The same on live sockets, and how often those who are connected are looked up, and their logins. A login that is unlinked
   * or moved ends within half of this over REST. Default 3,000 ms; 500 to 60,000.
   */
  socketMaxAgeMs?: number;
}

export interface MessageOptions {
  /** Longest content in UTF-16 code units (a string's `length`). Default 10,000; 1 to 100,000. */
  maxLength?: number;
}

export interface ImageOptions {
  /** `s3ImageStore(...)`, `diskImageStore(...)` or your own. Without one, messages are text only and uploads answer 415. */
  store?: ImageStore;
  /** Most images in one message. Default 5; 1 to 20. */
  maxPerMessage?: number;
  /** Largest image in bytes, as uploaded. Default 10 MiB; 1 KiB to 100 MiB. */
  maxBytes?: number;
  /** Longest side of a picture as it is kept, in pixels. Default 2,560; 256 to 8,192. */
  maxSidePx?: number;
  /** Longest side of its thumbnail, in pixels. Default 400; 64 to 1,024. */
  thumbnailPx?: number;
  /** Most pixels of an uploaded picture, all its kept frames together. Default 67,108,864 (64 Mi); 1 million to 268,435,456. */
  maxPixels?: number;
  /** What becomes of an animated GIF or WebP: a still picture (default), or an animated WebP. */
  animations?: 'first-frame' | 'keep';
  /** Most frames of an animation that is kept. Default 200; 2 to 1,000. */
  maxFrames?: number;
  /** Pictures processed at once, each in a process of its own of about 60 MB and the picture. Default: half the processors, 1 to 4; 1 to 64. */
  processes?: number;
  /** How long one picture may take before it is refused. Default 30,000 ms; 1,000 to 120,000. */
  processingTimeoutMs?: number;
  /**
   * How long one call of the store may take before it counts as failed (503 `image_store_unavailable`), whatever bounds it
   * has of its own. Default 30,000 ms, as long as `s3ImageStore` tries; 100 to 600,000. Signing a picture's URL: 3,000 at most.
   */
  storeTimeoutMs?: number;
  /** How long an upload may stay unsent before it is removed. Default 86,400 s (a day); 3,600 to 2,592,000. */
  unsentTtlSeconds?: number;
  /**
   * Uploads that one person may have asked for and neither sent nor let expire; more are refused with 429. Calls that come
   * at once may each find the last place. Default 100; 1 to 100,000.
   */
  maxUnsentPerPerson?: number;
  /** Where a request's files lie while it is answered; nothing stays there. Default: the system's folder for temporary files. */
  tempDir?: string;
}

export interface RealtimeOptions {
  /** The path Socket.IO answers at. Default `/socket.io`. Give another where the host has a Socket.IO of its own. */
  path?: string;
  /** Origins that may connect from a browser, as Socket.IO's `cors`. Default: no other origin than the page's own. */
  cors?: ServerOptions['cors'];
  /**
   * What reaches the sockets of the service's other processes. `'postgres'` needs no further server: it takes one
   * connection more of the module's database (beside a host's `sequelize`, with the same settings), which must be a
   * session of its own and not a transaction's of a pooler. Or any Socket.IO adapter, as Redis Streams' is; the client
   * behind it is the host's, and needs an `error` listener. Default: this process alone.
   */
  adapter?: 'postgres' | ServerOptions['adapter'];
  /** How long after the last socket a person still counts as online. Default 5,000 ms; 0 to 30,000. */
  offlineGraceMs?: number;
  /** How long a typing indicator lasts without a repeat. Default 6,000 ms; 500 to 60,000. */
  typingTimeoutMs?: number;
  /** Largest packet that a client may send, in bytes; a larger one ends its connection. Default 128 KiB; 1 KiB to 10 MiB. */
  maxPacketBytes?: number;
  /**
   * How much may wait for a client that reads more slowly than it is spoken to, in bytes, about; with more it is cut off,
   * and its client reconnects. Default 1 MiB; 64 KiB to 100 MiB.
   */
  maxBufferedBytes?: number;
  /**
   * Origins whose pages may connect, over WebSockets too, which CORS says nothing about: `https://app.example`, as browsers
   * write it. The server's own pages may too; all others are refused (`origin_refused`). Who sends no Origin is no browser,
   * and comes in with a token alone. Default: those that `cors` lists; any, where it lists none.
   */
  origins?: readonly (string | RegExp)[];
}

export interface HttpOptions {
  /** Put before every path (`/api/chats`, `/health`). Default none. */
  basePath?: string;
  /** The path of the health check, below `basePath`; `false` where the host has one of its own. Default `/health`. */
  healthPath?: string | false;
  /**
   * Below this path (and `basePath`) lie `openapi.json` and `asyncapi.json`, open to everybody: what the service, its
   * plugins included, takes and answers. Default `/api/contracts`, and `false` (they are not served) where `NODE_ENV` is
   * `production`.
   */
  contractsPath?: string | false;
  /** Largest JSON body in bytes. Default 256 KiB; 1 KiB to 10 MiB. */
  maxJsonBytes?: number;
}

/** What one person, or one address, may ask of one process of the service. */
export interface LimitOptions {
  /**
   * Calls of one person, over REST and sockets together, that run at once; what is more waits in its order, a thousand at
   * most. While more than 8 wait they run one at a time, and rest in between while others call, the longer the longer they
   * go on: so a flood delays its own. A form is such a call while it comes; whatever takes longer than 5 s gives up its
   * place. Default 4; 1 to 10,000.
   * `npm run bench -- floods` measures what one person's flood costs others.
   */
  callsAtOnce?: number;
  /** Live sockets of one person. Default 50; 1 to 100,000. */
  socketsPerPerson?: number;
  /** How often one person may connect a socket in a minute, and at once; beyond, refusals take half a second. Default 120; 1 to 60,000. */
  connectsPerMinutePerPerson?: number;
  /**
   * Connections of sockets that one address may have, with a token or none yet. Default: any number, for many people may
   * share an address; 1 to 1,000,000.
   */
  socketsPerAddress?: number;
  /**
   * REST requests (but health checks) and tokens sent over sockets, good and bad, of one address in a minute, and at once.
   * Addresses of one /64 of IPv6 are one. Default: any number; 1 to 10,000,000.
   */
  callsPerMinutePerAddress?: number;
  /**
   * Whose `X-Forwarded-For` is believed: so many proxies before this process, or those with these addresses
   * (`10.0.0.0/8`, `loopback`, as `proxy-addr` takes them). Default 0: nobody's, and the address is the connection's.
   */
  trustProxy?: number | readonly string[];
}

/** Everything `createChatModule` takes. It is checked whole, and every fault is named by its path. */
export interface ChatModuleOptions {
  database: DatabaseOptions;
  auth: AuthOptions;
  /** `sqlDirectory(...)`, or your own. */
  directory?: DirectorySource;
  /**
   * How long names that the directory gave are kept; whose a login is, at most half of `access.socketMaxAgeMs`. Default 30 s;
   * 0 to 3,600.
   */
  directoryCacheSeconds?: number;
  access?: AccessOptions;
  messages?: MessageOptions;
  images?: ImageOptions;
  realtime?: RealtimeOptions;
  http?: HttpOptions;
  limits?: LimitOptions;
  plugins?: readonly Plugin[];
  /** `false` leaves migrations to a deploy step (`koa-chat migrate` or `chat.migrate()`). Default true. */
  migrate?: boolean;
  /** Default: warnings and errors to the console. */
  logger?: Logger;
  /** How long the image store, the directory, and each plugin, may take to start. Default 60,000 ms; 100 to 600,000. */
  startTimeoutMs?: number;
  /** How long `close()` waits for what is in flight. Default 10,000 ms; 0 to 60,000. */
  closeTimeoutMs?: number;
}
