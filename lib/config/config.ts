import type { Sequelize } from 'sequelize';
import type { Issuer } from '../auth/issuer.js';
import type { DirectorySource } from '../directory/directory.js';
import type { ImageStore } from '../images/image-store.js';
import type { Logger } from '../logger.js';
import type { Plugin } from '../plugins/plugin.js';
import type { RealtimeOptions } from './options.js';

/** The options with every default filled in; frozen. */
export interface ChatConfig {
  readonly database: DatabaseConfig;
  readonly auth: { readonly issuers: readonly Issuer[]; readonly tokenCacheSize: number };
  readonly directory: DirectorySource;
  readonly directoryCacheSeconds: number;
  readonly access: { readonly restMaxAgeMs: number; readonly socketMaxAgeMs: number };
  readonly messages: { readonly maxLength: number };
  readonly images: ImageConfig;
  readonly realtime: RealtimeConfig;
  readonly http: {
    readonly basePath: string;
    readonly healthPath: string | false;
    readonly contractsPath: string | false;
    readonly maxJsonBytes: number;
  };
  readonly limits: LimitConfig;
  readonly plugins: readonly Plugin[];
  readonly migrate: boolean;
  readonly logger: Logger;
  readonly startTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

export interface DatabaseConfig {
  readonly url: string | undefined;
  readonly sequelize: Sequelize | undefined;
  readonly schema: string;
  readonly poolSize: number;
  readonly acquireTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly ssl: boolean | object | undefined;
}

export interface ImageConfig {
  readonly store: ImageStore | undefined;
  readonly maxPerMessage: number;
  readonly maxBytes: number;
  readonly maxSidePx: number;
  readonly thumbnailPx: number;
  readonly maxPixels: number;
  readonly animations: 'first-frame' | 'keep';
  readonly maxFrames: number;
  readonly processes: number;
  readonly processingTimeoutMs: number;
  readonly storeTimeoutMs: number;
  readonly unsentTtlSeconds: number;
  readonly maxUnsentPerPerson: number;
  readonly tempDir: string;
}

export interface RealtimeConfig {
  readonly path: string;
  readonly cors?: RealtimeOptions['cors'];
  readonly adapter?: RealtimeOptions['adapter'];
  readonly offlineGraceMs: number;
  readonly typingTimeoutMs: number;
  readonly maxPacketBytes: number;
  readonly maxBufferedBytes: number;
  /** Undefined: any. */
  readonly origins?: readonly (string | RegExp)[];
}

export interface LimitConfig {
  readonly callsAtOnce: number;
  readonly socketsPerPerson: number;
  readonly connectsPerMinutePerPerson: number;
  readonly socketsPerAddress?: number | undefined;
  readonly callsPerMinutePerAddress?: number | undefined;
  readonly trustProxy: number | readonly string[];
}
